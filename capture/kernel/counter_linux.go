package kernel

import "os"

// ReadCounts returns the event counters of the calling thread's network namespace.
func ReadCounts() (Counts, error) {
	all := make(Counts)
	for _, file := range []string{"/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"} {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, opError("read", "the kernel's counters", err)
		}
		all.parse(string(text))
	}
	return all, nil
}
