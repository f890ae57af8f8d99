//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// print writes all tables as Markdown.
func (b *bench) print(w io.Writer) {
	fmt.Fprintf(w, "%s; %s. Load: %s before, %s after.\n\n", machine(), strings.Join(b.tools.versions, ", "), b.before, load())
	fmt.Fprintf(w, "%d packets, %d connections, seed %d; %d rounds.\n\n", b.packets, b.conns, b.seed, b.rounds)
	fmt.Fprintln(w, "| work | packets | ns per packet, median (min to max) | CPU ns per packet | peak memory, MB |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|")
	for _, k := range b.works {
		t := k.each(wall)
		fmt.Fprintf(w, "| %s | %d | %.1f (%.1f to %.1f) | %.1f | %.0f |\n", k.text, k.packets,
			median(t), slices.Min(t), slices.Max(t), median(k.each(cpu)), k.rss()/1e6)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| goal | limit | measured | by CPU time | |")
	fmt.Fprintln(w, "|---|--:|--:|--:|---|")
	for _, g := range b.goals() {
		g.print(w)
	}
}

// A goal is one measured value with its limit.
type goal struct {
	text              string
	limit, got, byCPU float64
	atLeast           bool
	unit              string
	missing           bool // a program it needs is not installed
}

func (g *goal) print(w io.Writer) {
	if g.missing {
		fmt.Fprintf(w, "| %s | | | | not measured |\n", g.text)
		return
	}
	sign, reached := "≤", g.got <= g.limit
	if g.atLeast {
		sign, reached = "≥", g.got >= g.limit
	}
	verdict := "reached"
	if !reached {
		verdict = "**not reached**"
	}
	other := ""
	if g.byCPU > 0 {
		other = fmt.Sprintf("%.3g %s", g.byCPU, g.unit)
	}
	fmt.Fprintf(w, "| %s | %s %.4g %s | %.3g %s | %s | %s |\n", g.text, sign, g.limit, g.unit, g.got, g.unit, other, verdict)
}

// goals compares the measurements with their limits.
func (b *bench) goals() []goal {
	goals := []goal{
		b.atMost("analysis : `capinfos -c`", "analyze", "capinfos", 0.5),
		b.atLeast("`tcptrace -l -n` : analysis", "tcptrace", "analyze", 12),
		b.atLeast("tshark's window column : analysis", "tshark", "analyze", 500),
		b.atMost("with CSV : without", "csv", "analyze", 4),
		b.atLeast("tshark's window column : with CSV", "tshark", "csv", 60),
		b.atMost("pcapng : pcap", "pcapng", "analyze", 1.3),
		b.atMost("gzip : decompressor alone", "gzip", "gunzip", 1.15),
		b.atMost("zstd : decompressor alone", "zstd", "unzstd", 1.15),
		b.atMost("stdin : file", "stdin", "analyze", 1.3),
		b.atMost("many streams, 10,000 open : analysis", "many", "analyze", 3),
		b.atMost("many streams, all open : analysis", "crowd", "analyze", 3),
	}
	crowd, main := b.work("crowd"), b.work("analyze")
	goals = append(goals,
		goal{text: "peak memory per stream, many streams, all open", limit: 600, got: crowd.rss() / float64(b.files.manyConns), unit: "B"},
		goal{text: "peak memory", limit: 64, got: main.rss() / 1e6, unit: "MB"})
	if b.long != nil {
		goals = append(goals, goal{text: fmt.Sprintf("peak memory, file %d times as long", b.options.long), limit: 64, got: float64(b.long.rss) / 1e6, unit: "MB"})
	}
	var starts []float64
	for _, d := range b.starts {
		starts = append(starts, float64(d)/float64(time.Millisecond))
	}
	return append(goals, goal{text: "start-up with a file of 10 packets, median of 20", limit: 30, got: median(starts), unit: "ms"})
}

// atMost is the goal that a takes at most limit times as long per packet as c.
func (b *bench) atMost(text, a, c string, limit float64) goal {
	x, y := b.work(a), b.work(c)
	if x == nil || y == nil {
		return goal{text: text, missing: true}
	}
	return goal{text: text, limit: limit, got: ratio(x, y, wall), byCPU: ratio(x, y, cpu), unit: "×"}
}

// atLeast is the goal that a takes at least limit times as long per packet as c.
func (b *bench) atLeast(text, a, c string, limit float64) goal {
	g := b.atMost(text, a, c, limit)
	g.atLeast = true
	return g
}
