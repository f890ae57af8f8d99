package text

import (
	"fmt"
	"slices"
	"time"

	"winwatch/capture/words"
	"winwatch/report"
)

// sweepColumn is a column of the table of a sweep.
type sweepColumn struct {
	name string
	// means explains it in plain words.
	means string
	// text is "" if the run has no such number.
	text func(*report.SweepCell) string
	left bool
}

// sweepColumns returns the columns to show, and those that have the same text in all runs.
// It leaves out what no run has, or all have none of.
func sweepColumns(s *report.Sweep) (shown, constant []sweepColumn) {
	all := flowColumns(s)
	if !slices.ContainsFunc(s.Cells, func(c report.SweepCell) bool { return c.Measured().Throughput != nil || c.Measured().Request != nil }) {
		all = stallColumns()
	}
	for _, c := range all {
		switch text := sameIn(s, c); {
		case text == "" && !anyIn(s, c):
		case text == "0": // there is none in any run
		case c.left && text != "" && len(s.Cells) > 1:
			constant = append(constant, c)
		default:
			shown = append(shown, c)
		}
	}
	return shown, constant
}

func anyIn(s *report.Sweep, c sweepColumn) bool {
	return slices.ContainsFunc(s.Cells, func(cell report.SweepCell) bool { return c.text(&cell) != "" })
}

// sameIn returns the text that the column has in all runs that did not fail, "" if there
// is no such text.
func sameIn(s *report.Sweep, c sweepColumn) string {
	same := ""
	for i := range s.Cells {
		if s.Cells[i].Proof == nil {
			continue
		}
		text := c.text(&s.Cells[i])
		if text == "" || same != "" && text != same {
			return ""
		}
		same = text
	}
	return same
}

// leastRTT is the round trip from which window ÷ RTT is a ceiling that a sender can reach:
// in less time, waking a thread matters more than the window.
const leastRTT = time.Millisecond

// leastUse is the share of window ÷ RTT by which at least one run must come near it for the
// comparison to tell anything: otherwise something else is the limit throughout.
const leastUse = 0.5

// flowColumns are the columns of runs in which data flows.
func flowColumns(s *report.Sweep) []sweepColumn {
	far := s.Has(func(c *report.SweepCell) *float64 {
		off := c.Throughput().Off()
		if rtt := c.Throughput().SmallestRTT; rtt != nil && *rtt >= leastRTT && off != nil && *off > -leastUse {
			return off
		}
		return nil
	})
	cols := []sweepColumn{{name: "Mbit/s", text: func(c *report.SweepCell) string { return report.Mbit(c.Throughput().Rate()) },
		means: "payload that the receiver acknowledged, counted by the sender's kernel (tcpi_bytes_acked)"}}
	if far {
		cols = append(cols,
			sweepColumn{name: "window/RTT", text: func(c *report.SweepCell) string { return report.Mbit(c.Throughput().Ceiling()) },
				means: "Mbit/s if the sender sends one window in each round trip, and then waits: the average window and round trip in the packets"},
			sweepColumn{name: "off", text: func(c *report.SweepCell) string { return percentOff(c.Throughput().Off()) },
				means: "by how much Mbit/s differs from window/RTT; far below 0, something other than the window is the limit"})
	}
	return append(cols,
		sweepColumn{name: "RTT", text: func(c *report.SweepCell) string { return span(c.Throughput().RTT) },
			means: "average round trip of the payload in the packets, time in queues included"},
		sweepColumn{name: "request", text: func(c *report.SweepCell) string { return span(c.Measured().Request) },
			means: "median time from the first write of a request to its answer"},
		sweepColumn{name: "waited", text: waited, means: "share of the time that the cause explains"},
		causeColumn(), limitColumn())
}

func causeColumn() sweepColumn {
	return sweepColumn{name: "cause", left: true, means: "what winwatch says from the packets alone",
		text: func(c *report.SweepCell) string { return report.Clean(string(c.Measured().Code)) }}
}

func limitColumn() sweepColumn {
	return sweepColumn{name: "kernel", left: true, text: (*report.SweepCell).Limit,
		means: "what limited the sender most of the time, says its kernel (TCP_INFO)"}
}

// waited returns the share of the time that the verdict explains.
func waited(c *report.SweepCell) string {
	m := c.Measured()
	if m.Lasted <= 0 {
		return ""
	}
	return fmt.Sprintf("%.0f%%", 100*float64(m.Waited)/float64(m.Lasted))
}

func span(d *time.Duration) string {
	if d == nil {
		return ""
	}
	return words.Duration(*d)
}

func percentOff(share *float64) string {
	if share == nil {
		return ""
	}
	s := fmt.Sprintf("%+.1f%%", *share*100)
	if s == "-0.0%" || s == "+0.0%" {
		return "0.0%"
	}
	return s
}

// stallColumns are the columns of runs in which nothing flows at the end.
func stallColumns() []sweepColumn {
	var cols []sweepColumn
	for _, c := range []struct{ name, row, means string }{
		{"unread", "receive queue", "bytes that the receiver has and its application did not take (FIONREAD)"},
		{"backlog", "send queue", "bytes that send() took and the receiver did not acknowledge (SIOCOUTQ)"},
		{"probes", "probes", "segments that asked whether the closed window has opened, counted by the kernel"},
	} {
		cols = append(cols,
			sweepColumn{name: c.name, means: c.means, text: func(cell *report.SweepCell) string {
				if r := cell.Row(c.row); r != nil && r.Kernel != nil {
					return words.Count(*r.Kernel)
				}
				return ""
			}},
			sweepColumn{name: "off", means: "what the packets show less the kernel's number of " + c.name, text: func(cell *report.SweepCell) string {
				if r := cell.Row(c.row); r != nil && r.Difference != nil {
					return report.Signed(r.Difference, "count")
				}
				return ""
			}})
	}
	return append(cols,
		sweepColumn{name: "SO_RCVBUF", text: bufferMark, means: "whether the kernel's receive buffer lies in the interval inferred from the packets"},
		sweepColumn{name: "half off", text: halfOff, means: `error of "everything sent / 2" as a guess of what is unread`},
		causeColumn(), limitColumn())
}

func bufferMark(c *report.SweepCell) string {
	r := c.Row("receive buffer")
	if r == nil || !r.Judged {
		return ""
	}
	return proofMark(r)
}

// halfOff returns the difference between half of what was sent and what is unread. If the
// receiver reads, nobody would guess so.
func halfOff(c *report.SweepCell) string {
	r := c.Row("receive queue")
	if r == nil || r.Kernel == nil || r.Inferred == nil || c.Proof.Accepted == nil || c.Proof.Accepted.Absorbed > *r.Inferred {
		return ""
	}
	off := c.Proof.Accepted.Half - *r.Kernel
	return report.Signed(&off, "count")
}
