package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// limited compares times with the kernel's.
func (p *page) limited(b *strings.Builder) {
	b.WriteString("## Limited time\n\nThe time in which the receiver's window, or the send buffer, limited the sender, beside tcpi_rwnd_limited\nand tcpi_sndbuf_limited, which count in ticks of 4 ms (up to the end of the capture).\n\n")
	t := table{header: []string{"case", "tcpi_rwnd_limited, s", "winwatch, s", "error", "tcpi_sndbuf_limited, s", "winwatch, s"}, numbers: 5}
	kernel := func(c cell) bool { return get(p.cells, c.Case, "sndbuf_limited_ns").Mark != "" }
	for _, c := range pick(p.cells, "rwnd_limited_ns") {
		if snd := get(p.cells, c.Case, "sndbuf_limited_ns"); kernel(c) {
			t.add(c.Case, seconds(c.Want), marked(c.Mark, seconds(c.Said)), percent(c), seconds(snd.Want), marked(snd.Mark, seconds(snd.Said)))
		}
	}
	t.write(b)
}

// buffers compares unread bytes with FIONREAD and SO_RCVBUF with the kernel's.
func (p *page) buffers(b *strings.Builder) {
	b.WriteString("## Unread bytes and SO_RCVBUF\n\nWhen the window first closed, beside FIONREAD and sk_rcvbuf (which is what getsockopt(SO_RCVBUF) returns).\n\n")
	t := table{header: []string{"case", "FIONREAD", "winwatch", "error", "sk_rcvbuf", "best estimate", "error", "interval"}, numbers: 7}
	var names []string
	for _, what := range []string{"unread_bytes", "rcvbuf_bytes"} {
		for _, c := range pick(p.cells, what) {
			names = append(names, c.Case)
		}
	}
	var errs []float64
	for _, name := range unique(names) {
		u, r, i := get(p.cells, name, "unread_bytes"), get(p.cells, name, "rcvbuf_bytes"), get(p.cells, name, "rcvbuf_bytes interval")
		best := marked(r.Mark, grouped(r.Said))
		if i.Mark == "" {
			i = r // only bounds, or none
		}
		if math.IsNaN(r.Error) {
			best = ""
		} else {
			errs = append(errs, math.Abs(r.Error))
		}
		t.add(name, grouped(u.Want), marked(u.Mark, grouped(u.Said)), percent(u), grouped(r.Want), best, percent(r), marked(i.Mark, grouped(i.Said)))
	}
	t.write(b)
	if len(errs) > 0 {
		slices.Sort(errs)
		fmt.Fprintf(b, "SO_RCVBUF: %d best estimates, median error %.1f%%, largest %.1f%%.\n\n", len(errs), errs[len(errs)/2], errs[len(errs)-1])
	}
}

// peerTable puts the counts of other tools beside winwatch's.
func (p *page) peerTable(b *strings.Builder) {
	b.WriteString("## Beside Wireshark and tcptrace\n\nThe same counts by other tools: in how many labelled connections each is right.\nNeither says who made the sender wait, for how long, or how large a buffer was.\n\n")
	t := table{header: []string{"fact", "labelled", "winwatch"}}
	for _, tool := range peers {
		a, ok := p.peers[tool.name]
		switch {
		case !ok:
			t.header = append(t.header, tool.name+" (not run)")
		case slices.Contains(p.missing, tool.name):
			t.header = append(t.header, fmt.Sprintf("%s %s (committed answers)", tool.name, a.Version))
		default:
			t.header = append(t.header, tool.name+" "+a.Version)
		}
	}
	t.numbers = len(t.header) - 1
	details := table{header: []string{"fact", "case", "right", "winwatch", "tshark", "tcptrace"}, numbers: 4}
	for _, what := range []string{"zero_window_segments", "probes", "keep_alives", "retransmissions"} {
		p.peerRow(what, &t, &details)
	}
	t.write(b)
	b.WriteString("Where they differ:\n\n")
	details.write(b)
}

// peerRow adds one fact to both tables.
func (p *page) peerRow(what string, t, details *table) {
	good := make([]int, 1+len(peers))
	answered := make([]int, 1+len(peers))
	n := 0
	p.eachStream(func(name string, l *labelledStream) {
		f, ok := l.Facts[what]
		if !ok {
			return
		}
		n++
		row, differ := []string{strings.ReplaceAll(what, "_", " "), name, f.String()}, false
		said := get(p.cells, name, what).Said
		ours, err := strconv.ParseInt(said, 10, 64)
		answers := []*int64{&ours}
		if err != nil {
			answers[0] = nil
		}
		for _, tool := range peers {
			counts, known := p.peers[tool.name].Cases[name]
			var theirs *int64
			if known {
				theirs = factKinds[what].peers(&counts, l.Direction)
			}
			answers = append(answers, theirs)
		}
		for i, a := range answers {
			text := "–"
			if a != nil {
				answered[i]++
				text = fmt.Sprint(*a)
				if f.contains(*a) {
					good[i]++
				} else {
					text, differ = "✗ "+text, true
				}
			}
			row = append(row, text)
		}
		if differ {
			details.add(row...)
		}
	})
	row := []string{strings.ReplaceAll(what, "_", " "), fmt.Sprint(n)}
	for i := range good {
		if answered[i] == 0 {
			row = append(row, "not counted")
			continue
		}
		row = append(row, fmt.Sprintf("%d of %d", good[i], answered[i]))
	}
	t.add(row...)
}

// eachStream visits all labelled streams.
func (p *page) eachStream(visit func(name string, l *labelledStream)) {
	for i := range p.labels {
		for j := range p.labels[i].Streams {
			visit(p.labels[i].caseName(j), &p.labels[i].Streams[j])
		}
	}
}

// runs shows the experiments.
func (p *page) runs(b *strings.Builder) {
	b.WriteString("## Experiments\n\n`winwatch run` of every scenario, beside the kernel of the machine that ran them.\n")
	if p.skipped != "" {
		fmt.Fprintf(b, "Not run this time (%s): these are the committed answers.\n", p.skipped)
	}
	b.WriteString("\n")
	t := table{header: []string{"scenario", "right cause", "said", "confidence", "the kernel says", "numbers proven", "numbers wrong"}, numbers: 2}
	for _, c := range pick(p.experiments, "cause") {
		var good int
		var bad []string
		for _, f := range p.experiments {
			if _, number := factKinds[strings.TrimSuffix(f.What, " interval")]; f.Case != c.Case || !number {
				continue
			}
			if f.Mark == right {
				good++
			} else if f.Mark != silent {
				bad = append(bad, f.What)
			}
		}
		confidence := get(p.experiments, c.Case, "confidence")
		limit := get(p.experiments, c.Case, "limit")
		t.add(strings.TrimPrefix(c.Case, liveCases), c.Want, marked(c.Mark, c.Said), confidence.Said, marked(limit.Mark, limit.Said), fmt.Sprint(good), strings.Join(bad, ", "))
	}
	t.write(b)
}

var number = regexp.MustCompile(`\d+`)

// seconds writes nanoseconds as seconds, in intervals too.
func seconds(ns string) string {
	return number.ReplaceAllStringFunc(ns, func(n string) string {
		f, _ := strconv.ParseFloat(n, 64)
		return fmt.Sprintf("%.3f", f/1e9)
	})
}

// grouped writes numbers with commas, in intervals too.
func grouped(s string) string {
	return number.ReplaceAllStringFunc(s, func(n string) string {
		for i := len(n) - 3; i > 0; i -= 3 {
			n = n[:i] + "," + n[i:]
		}
		return n
	})
}
