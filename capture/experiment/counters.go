//go:build linux

package experiment

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"winwatch/capture/kernel"
)

// counterNames are always reported, even if they did not move.
var counterNames = []string{
	"TCPWinProbe", "TCPKeepAlive",
	"TCPToZeroWindowAdv", "TCPFromZeroWindowAdv", "TCPWantZeroWindowAdv",
	"TCPACKSkippedSeq", "TCPLossProbes", "TCPTimeouts", "RetransSegs",
	"DelayedACKs", "TCPRcvQDrop", "TCPAbortOnClose", "TCPAbortOnData", "OutRsts",
	"InSegs", "OutSegs",
}

// readCounters returns the Tcp and TcpExt event counters of this process's
// network namespace.
func readCounters() (map[string]int64, error) {
	all := make(map[string]int64)
	for _, file := range []string{"/proc/self/net/snmp", "/proc/self/net/netstat"} {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the kernel's counters: %w", err)
		}
		parseCounters(all, string(b))
	}
	return all, nil
}

// parseCounters reads pairs of lines, "TcpExt: name name" and "TcpExt: 1 2".
func parseCounters(into map[string]int64, text string) {
	lines := strings.Split(text, "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		if len(names) != len(values) || len(names) == 0 || names[0] != values[0] {
			continue
		}
		if names[0] != "Tcp:" && names[0] != "TcpExt:" {
			continue
		}
		for j := 1; j < len(names); j++ {
			if v, err := strconv.ParseInt(values[j], 10, 64); err == nil {
				into[names[j]] = v
			}
		}
	}
}

// diffCounters returns counterNames, as far as this kernel has them, and after
// them, by name, whatever else rose.
func diffCounters(before, after map[string]int64) []kernel.Counter {
	var list []kernel.Counter
	for _, name := range counterNames {
		if a, ok := after[name]; ok {
			list = append(list, kernel.Counter{Name: name, Before: before[name], After: a})
		}
	}
	var rest []kernel.Counter
	for name, a := range after {
		if a > before[name] && name != "CurrEstab" && !slices.Contains(counterNames, name) {
			rest = append(rest, kernel.Counter{Name: name, Before: before[name], After: a})
		}
	}
	slices.SortFunc(rest, func(a, b kernel.Counter) int { return strings.Compare(a.Name, b.Name) })
	return append(list, rest...)
}
