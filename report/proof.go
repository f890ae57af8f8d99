package report

import (
	"fmt"
	"time"

	"winwatch/analyze/proof"
	"winwatch/analyze/words"
	"winwatch/capture/kernel"
)

// outside writes what is known beside the packets: what the programs words.Counted,
// and what the kernel says.
func (t *textReport) outside(o *Outside) {
	if o.Witness != nil {
		t.witness(o.Witness)
	}
	if o.Proof != nil {
		t.proof(o.Proof)
	}
	accepted := o.Accepted
	if accepted == nil && o.Proof != nil {
		accepted = o.Proof.Accepted
	}
	if accepted != nil {
		t.blank()
		t.section(heading("Backlog"), fmt.Sprintf("%s were accepted by send(), %s acknowledged: the sender kept %s",
			words.Bytes(accepted.Bytes), words.Count(accepted.Absorbed), words.Bytes(accepted.Backlog)))
		t.section("", accepted.Explanation)
	}
}

// proof sets what was inferred beside what the kernel says. What "everything
// sent / 2" would have claimed stands with it.
func (t *textReport) proof(p *proof.Proof) {
	t.blank()
	t.section(heading("Proof"), "what the packets tell, beside what the kernel says")
	rows := make([][]string, 0, len(p.Rows)+1)
	for i := range p.Rows {
		r := &p.Rows[i]
		row := []string{Clean(r.Name) + unitOf(r.Unit), inferred(r), inUnit(r.Kernel, r.Unit), signed(r.Difference, r.Unit), proofMark(r)}
		rows = append(rows, t.withSource(row, r.Source))
	}
	if half := halfRow(p); half != nil {
		rows = append(rows, t.withSource(half, "nothing"))
	}
	header := t.withSource([]string{"", "packets", "kernel", "difference", ""}, "kernel's source")
	t.table(header, rows, 0, 4, 5)
	if p.Withheld != "" {
		t.section("", "nothing is judged: "+p.Withheld)
	}
	for i := range p.Rows {
		if r := &p.Rows[i]; t.Verbose || r.Judged && !r.OK {
			t.section("", r.Name+": "+r.Method)
		}
	}
}

func (t *textReport) withSource(row []string, source string) []string {
	if t.Width >= wideTable {
		return append(row, Clean(source))
	}
	return row
}

// halfRow is what "everything sent / 2" claims of the receiver's queue, with
// the same difference taken.
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

// inferred returns the number and, where the kernel's need not be the same,
// the interval.
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

// unitOf follows the name of a row; times carry their unit themselves.
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

// witness writes what the experiment saw of the programs: where the sender sat,
// and what the scenario showed.
func (t *textReport) witness(w *kernel.Witness) {
	t.blank()
	if b := w.Blocked; b != nil {
		call := b.Syscall
		if call == "" {
			call = fmt.Sprintf("system call %d", b.Number)
		}
		text := fmt.Sprintf("thread %d sat in %s()", b.TID, call)
		if b.Wchan != "" {
			text += ", asleep in the kernel's " + b.Wchan
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
			holds = "✗ NOT SO: "
		}
		t.item(label(i, "Shown"), holds+f.Claim, " ("+f.Evidence+")")
	}
}
