package kernel

import (
	"slices"
	"strconv"
	"strings"
)

// Counter is one of the kernel's event counters (/proc/net/netstat and
// /proc/net/snmp), which cover a whole network namespace.
type Counter struct {
	Name          string
	Before, After int64
}

// Counts are the values of all Tcp and TcpExt event counters at one moment, by name.
type Counts map[string]int64

// counterNames are always reported, even if they did not rise.
var counterNames = []string{
	"TCPWinProbe", "TCPKeepAlive",
	"TCPToZeroWindowAdv", "TCPFromZeroWindowAdv", "TCPWantZeroWindowAdv",
	"TCPACKSkippedSeq", "TCPLossProbes", "TCPTimeouts", "RetransSegs",
	"DelayedACKs", "TCPRcvQDrop", "TCPAbortOnClose", "TCPAbortOnData", "OutRsts",
	"InSegs", "OutSegs",
}

// Since compares with an earlier reading. It returns the counters that matter for
// windows, if this kernel has them, then all others that rose, sorted by name.
func (c Counts) Since(before Counts) []Counter {
	var list []Counter
	for _, name := range counterNames {
		if after, ok := c[name]; ok {
			list = append(list, Counter{Name: name, Before: before[name], After: after})
		}
	}
	var rest []Counter
	for name, after := range c {
		if after > before[name] && name != "CurrEstab" && !slices.Contains(counterNames, name) {
			rest = append(rest, Counter{Name: name, Before: before[name], After: after})
		}
	}
	slices.SortFunc(rest, func(a, b Counter) int { return strings.Compare(a.Name, b.Name) })
	return append(list, rest...)
}

// parse reads pairs of lines, "TcpExt: name name" and "TcpExt: 1 2".
func (c Counts) parse(text string) {
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
				c[names[j]] = v
			}
		}
	}
}
