package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A page is docs/accuracy.md.
type page struct {
	labels      []label
	cells       []cell // of the labelled captures
	experiments []cell
	skipped     string // why the experiments did not run, "" if they did
	peers       map[string]peerAnswers
	missing     []string // peers that are not installed
}

const pageIntro = `# Accuracy

Written by ` + "`make accuracy`" + `: what winwatch says of captures whose right answers are
known, and how far that is from the truth. [labels.md](labels.md) describes the labels; they
lie beside the captures in analyze/testdata. No label was made from what winwatch says.
A run that gives a worse answer than the committed one fails.

`

func (p *page) markdown() string {
	var b strings.Builder
	b.WriteString(pageIntro)
	p.summary(&b)
	p.confidence(&b)
	p.confusion(&b)
	p.limited(&b)
	p.buffers(&b)
	p.peerTable(&b)
	p.runs(&b)
	p.cases(&b)
	return b.String()
}

// pick returns the cells of one kind.
func pick(cells []cell, what string) (found []cell) {
	for _, c := range cells {
		if c.What == what {
			found = append(found, c)
		}
	}
	return found
}

// get returns one cell of a case, one without a mark if there is none.
func get(cells []cell, name, what string) cell {
	for _, c := range cells {
		if c.Case == name && c.What == what {
			return c
		}
	}
	return cell{Error: math.NaN()}
}

func count(cells []cell, m ...mark) (n int) {
	for _, c := range cells {
		if slices.Contains(m, c.Mark) {
			n++
		}
	}
	return n
}

// A table is a Markdown table. Numbers is the number of right-aligned columns at the end.
type table struct {
	header  []string
	numbers int
	rows    [][]string
}

func (t *table) add(row ...string) { t.rows = append(t.rows, row) }

func (t *table) write(b *strings.Builder) {
	line := func(cols []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cols, " | ")) }
	line(t.header)
	rule := make([]string, len(t.header))
	for i := range rule {
		rule[i] = "---"
		if i >= len(rule)-t.numbers {
			rule[i] = "--:"
		}
	}
	line(rule)
	for _, r := range t.rows {
		line(r)
	}
	b.WriteString("\n")
}

// summary counts right answers by what was asked.
func (p *page) summary(b *strings.Builder) {
	cause := pick(p.cells, "cause")
	fmt.Fprintf(b, "%d labelled connections of %d captures.\n\n", len(cause), len(p.labels))
	t := table{header: []string{"question", "asked", "right", "nothing said", "wrong"}, numbers: 4}
	for _, q := range []struct{ what, text string }{
		{"cause", "cause"}, {"party", "party"}, {"who", "responsible endpoint"}, {"severity", "severity"},
		{"confidence", "confidence that the evidence allows"}, {"wait_ns", "time waited, ±2%"},
		{"rwnd_limited_ns", "time limited by the window"}, {"unread_bytes", "unread bytes"},
		{"rcvbuf_bytes", "SO_RCVBUF, ±15%"}, {"rcvbuf_bytes interval", "SO_RCVBUF, interval"},
		{"probes", "probes"}, {"keep_alives", "keep-alives"}, {"retransmissions", "retransmissions"},
	} {
		c := pick(p.cells, q.what)
		t.add(q.text, fmt.Sprint(len(c)), fmt.Sprint(count(c, right)), fmt.Sprint(count(c, silent)), fmt.Sprint(count(c, wrong, wrongHigh)))
	}
	t.write(b)
}

// rightVerdict reports whether the cause and the endpoint are right.
func rightVerdict(cells []cell, name string) bool {
	who := get(cells, name, "who").Mark
	return get(cells, name, "cause").Mark == right && (who == right || who == "")
}

// confidence tells how often winwatch is right when it is how sure.
func (p *page) confidence(b *strings.Builder) {
	b.WriteString("## How sure, how right\n\nA verdict is right if the cause and the responsible endpoint are. High confidence promises 99%, medium 90%.\n\n")
	t := table{header: []string{"confidence", "verdicts", "right", "wrong", "right, %"}, numbers: 4}
	var names []string
	for _, level := range []string{"high", "medium", "low"} {
		var all, good int
		for _, c := range pick(p.cells, "confidence") {
			if c.Said != level {
				continue
			}
			all++
			if rightVerdict(p.cells, c.Case) {
				good++
				continue
			}
			cause := get(p.cells, c.Case, "cause")
			names = append(names, fmt.Sprintf("- %s confidence, %s: said %s, right is %s", level, c.Case, cause.Said, cause.Want))
		}
		share := "–"
		if all > 0 {
			share = fmt.Sprintf("%.0f", 100*float64(good)/float64(all))
		}
		t.add(level, fmt.Sprint(all), fmt.Sprint(good), fmt.Sprint(all-good), share)
	}
	t.write(b)
	if len(names) > 0 {
		fmt.Fprintf(b, "The wrong ones:\n\n%s\n\n", strings.Join(names, "\n"))
	}
}

// confusion writes the matrix of right and given causes. If several causes are right and
// one of them was said, that one counts; otherwise the first.
func (p *page) confusion(b *strings.Builder) {
	n := map[[2]string]int{}
	var wants, saids []string
	for _, c := range pick(p.cells, "cause") {
		want, _, _ := strings.Cut(c.Want, " or ")
		if c.Mark == right {
			want = c.Said
		}
		n[[2]string{want, c.Said}]++
		wants, saids = append(wants, want), append(saids, c.Said)
	}
	wants, saids = unique(wants), unique(saids)
	b.WriteString("## Causes\n\nRows: what is right. Columns: what winwatch says.\n\n")
	t := table{header: append([]string{"right \\ said"}, saids...), numbers: len(saids)}
	for _, w := range wants {
		row := []string{w}
		for _, s := range saids {
			text := ""
			if k := n[[2]string{w, s}]; k > 0 && w == s {
				text = fmt.Sprintf("**%d**", k)
			} else if k > 0 {
				text = fmt.Sprint(k)
			}
			row = append(row, text)
		}
		t.add(row...)
	}
	t.write(b)
}

func unique(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// cases lists every case.
func (p *page) cases(b *strings.Builder) {
	b.WriteString("## Every case\n\n")
	t := table{header: []string{"case", "right cause", "said", "confidence", "waited, s", "said, s"}, numbers: 2}
	for _, c := range pick(p.cells, "cause") {
		wait := get(p.cells, c.Case, "wait_ns")
		t.add(c.Case, c.Want, marked(c.Mark, c.Said), marked(get(p.cells, c.Case, "confidence").Mark, get(p.cells, c.Case, "confidence").Said),
			seconds(wait.Want), marked(wait.Mark, seconds(wait.Said)))
	}
	t.write(b)
	b.WriteString("✗ is wrong.\n")
}

func marked(m mark, text string) string {
	if m == wrong || m == wrongHigh {
		return "✗ " + text
	}
	return text
}

// percent writes an error, "" if there is none.
func percent(c cell) string {
	if math.IsNaN(c.Error) {
		return ""
	}
	return fmt.Sprintf("%+.1f%%", c.Error)
}
