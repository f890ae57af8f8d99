package report

import (
	"fmt"
	"strings"
	"time"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// PathWays says what a link did to the packets of each direction, the client's first.
func PathWays(p *kernel.Path) [2]string {
	var ways [2]string
	for end := range kernel.End(2) {
		ways[end] = fmt.Sprintf("%s → %s: %s", end, end.Peer(), way(&p.Ways[end]))
	}
	return ways
}

func way(w *kernel.Way) string {
	if w.Packets == 0 {
		return "no packets"
	}
	parts := []string{words.Counted(w.Packets, "packet") + ", " + words.Bytes(w.Bytes) + ", " + arrived(w)}
	changed := counts([]count{
		{w.Duplicated, "delivered twice"}, {w.Reordered, "held back behind later ones"}, {w.Rewritten, "rewritten"},
	})
	if changed != "" {
		parts = append(parts, changed)
	}
	if w.QueuePeakBytes > 0 {
		parts = append(parts, "the queue held up to "+words.Bytes(w.QueuePeakBytes))
	}
	return strings.Join(parts, "; ")
}

// arrived says how many packets were delivered and what became of the others. Some may
// still be on their way.
func arrived(w *kernel.Way) string {
	dropped := counts([]count{
		{w.QueueFull, "dropped because the queue was full"}, {w.Lost, "lost by chance"}, {w.Filtered, "dropped by the scenario"},
	})
	switch {
	case dropped != "":
		return dropped
	case w.Delivered == w.Packets+w.Duplicated:
		return "all delivered"
	}
	return words.Count(w.Delivered) + " delivered"
}

// count is a number of packets and what happened to them.
type count struct {
	n    int64
	what string
}

// counts lists what happened at all.
func counts(all []count) string {
	var parts []string
	for _, c := range all {
		if c.n > 0 {
			parts = append(parts, words.Count(c.n)+" "+c.what)
		}
	}
	return strings.Join(parts, ", ")
}

// PathLate says how late the link was, "" if it was in time.
func PathLate(p *kernel.Path) string {
	latest := p.Latest()
	if latest < time.Microsecond {
		return ""
	}
	return "no packet left more than " + words.Duration(latest) + " late"
}

// PathMissed warns of packets that the link itself failed to pass on, "" if there are
// none.
func PathMissed(p *kernel.Path) string {
	missed := p.Missed()
	if missed == 0 {
		return ""
	}
	return "the link failed to pass on " + words.Counted(missed, "packet") + ", which it should have delivered: its other numbers may be off by that"
}
