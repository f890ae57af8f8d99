package text

import (
	"fmt"
	"time"

	"winwatch/analyze/proof"
	"winwatch/analyze/words"
	"winwatch/capture/kernel"
	"winwatch/report"
)

// experiment writes what is known from other sources than the packets: what the programs
// counted and what the kernel says.
func (t *writer) experiment() {
	if t.m.Witness != nil {
		t.witness(t.m.Witness)
	}
	if t.m.Proof != nil {
		t.proof(t.m.Proof)
	}
	accepted := t.m.Accepted
	if accepted == nil && t.m.Proof != nil {
		accepted = t.m.Proof.Accepted
	}
	if accepted != nil {
		t.blank()
		t.section(heading("Backlog"), fmt.Sprintf("%s were accepted by send(), %s acknowledged: the sender kept %s",
			words.Bytes(accepted.Bytes), words.Count(accepted.Absorbed), words.Bytes(accepted.Backlog)))
		t.section("", accepted.Explanation)
	}
}

// proof compares what was inferred with what the kernel says, and adds what "everything
// sent / 2" would have claimed.
func (t *writer) proof(p *proof.Proof) {
	t.blank()
	t.section(heading("Proof"), "what the packets show, compared with the kernel")
	rows := make([][]string, 0, len(p.Rows)+1)
	for i := range p.Rows {
		r := &p.Rows[i]
		row := []string{report.Clean(r.Name) + unitOf(r.Unit), inferred(r), inUnit(r.Kernel, r.Unit), signed(r.Difference, r.Unit), proofMark(r)}
		rows = append(rows, t.withSource(row, r.Source))
	}
	if half := halfRow(p); half != nil {
		rows = append(rows, t.withSource(half, "nothing"))
	}
	header := t.withSource([]string{"", "packets", "kernel", "difference", ""}, "kernel's source")
	t.table(header, rows, 0, 4, 5)
	if p.Withheld != "" {
		t.section("", "not judged: "+p.Withheld)
	}
	for i := range p.Rows {
		if r := &p.Rows[i]; t.Verbose || r.Judged && !r.OK {
			t.section("", r.Name+": "+r.Method)
		}
	}
}

func (t *writer) withSource(row []string, source string) []string {
	if t.Width >= wideTable {
		return append(row, report.Clean(source))
	}
	return row
}

// halfRow returns what "everything sent / 2" claims about the receiver's queue, with its
// difference from the kernel's number; nil if either is unknown.
func halfRow(p *proof.Proof) []string {
	if p.Accepted == nil {
		return nil
	}
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Name == "receive queue" && r.Kernel != nil {
			off := p.Accepted.Half - *r.Kernel
			return []string{"everything sent / 2" + unitOf(r.Unit), words.Count(p.Accepted.Half), inUnit(r.Kernel, r.Unit), signed(&off, r.Unit), "folklore"}
		}
	}
	return nil
}

func proofMark(r *proof.Row) string {
	switch {
	case !r.Judged:
		return styleFaint.render("unjudged")
	case !r.OK:
		return styleStall.render("WRONG")
	case r.Exact:
		return styleGood.render("equal")
	default:
		return styleGood.render("inside")
	}
}

// inferred returns the inferred number, or its interval if the kernel's number only has
// to lie within it.
func inferred(r *proof.Row) string {
	if r.Exact || r.Low == nil && r.High == nil {
		return inUnit(r.Inferred, r.Unit)
	}
	low, high := "", ""
	if r.Low != nil {
		low = inUnit(r.Low, r.Unit)
	}
	if r.High != nil {
		high = inUnit(r.High, r.Unit)
	}
	switch {
	case low == "":
		return "≤ " + high
	case high == "":
		return "≥ " + low
	default:
		return low + " … " + high
	}
}

// unitOf returns the unit to show after the name of a row; times carry their own.
func unitOf(unit string) string {
	if unit == "bytes" {
		return ", bytes"
	}
	return ""
}

func inUnit(v *int64, unit string) string {
	switch {
	case v == nil:
		return "unknown"
	case unit == "ns":
		return words.Duration(time.Duration(*v))
	default:
		return words.Count(*v)
	}
}

func signed(v *int64, unit string) string {
	switch {
	case v == nil:
		return "–"
	case *v == 0:
		return "0"
	case *v > 0:
		return "+" + inUnit(v, unit)
	default:
		return inUnit(v, unit)
	}
}

// witness writes what the experiment observed: where the sender was blocked, and whether
// the claims of the scenario held.
func (t *writer) witness(w *kernel.Witness) {
	t.blank()
	if b := w.Blocked; b != nil {
		call := b.Syscall
		if call == "" {
			call = fmt.Sprintf("system call %d", b.Number)
		}
		text := fmt.Sprintf("thread %d in %s()", b.TID, call)
		if b.Wchan != "" {
			text += ", asleep in the kernel function " + b.Wchan
		}
		t.section(heading("Blocked"), fmt.Sprintf("%s, after %s of %s each", text, words.Counted(w.Send.Calls, "call"), words.Bytes(w.ChunkBytes)))
		if t.Verbose {
			for _, f := range b.Stack {
				t.section("", f)
			}
		}
	}
	for i, f := range w.Findings {
		holds := "✓ "
		if !f.Holds {
			holds = "✗ DOES NOT HOLD: "
		}
		t.item(label(i, "Shown"), holds+f.Claim, " ("+f.Evidence+")")
	}
}
