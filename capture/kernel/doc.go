// Package kernel reads what the kernel knows about TCP: the state of a socket
// (TCP_INFO, SO_MEMINFO, queue lengths), the event counters of a network
// namespace (SNMP), and the system call a thread is blocked in. It also defines
// the records of these readings, notably the Witness of an experiment.
//
// Nothing here comes from packets, so it can be compared with what was inferred
// from them. Readings need Linux: elsewhere numbers are Unknown, and functions
// that return an error return one that wraps errors.ErrUnsupported.
package kernel

import "fmt"

// opError adds the operation and its object to an error: "read /proc/self/net/snmp: …".
func opError(op, thing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", op, thing, err)
}
