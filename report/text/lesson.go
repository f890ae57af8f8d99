package text

import (
	"fmt"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
	"winwatch/report"
)

// lesson writes what an experiment did, what the packets and the kernel say about it,
// and what it shows.
func (t *writer) lesson(m *report.Material) {
	out := report.NewOutcome(m)
	t.section(heading("Set up"), m.Witness.Scenario+": "+out.SetUp)
	if out.Packets != "" {
		t.section(heading("Packets"), out.Packets)
	}
	if out.Kernel != "" {
		t.section(heading("Kernel"), out.Kernel)
	}
	if out.Measured != "" {
		t.section(heading("Measured"), out.Measured)
	}
	switch {
	case out.Agree == "":
	case out.OK:
		t.section(styleGood.render("Agree"), out.Agree)
	default:
		t.section(styleStall.render("Agree"), out.Agree)
	}
	for i, f := range m.Witness.Findings {
		mark := "✓ "
		switch {
		case f.Holds:
		case m.Witness.Path != nil && m.Witness.Path.Late():
			mark = "– not shown, because the link was late: "
		default:
			mark = "✗ DOES NOT HOLD: "
		}
		t.item(label(i, "Shown"), mark+f.Claim, " ("+f.Evidence+")")
	}
	if m.Witness.Path != nil {
		t.path(m.Witness.Path)
	}
	t.blank()
}

// path writes what the link between the two hosts did.
func (t *writer) path(p *kernel.Path) {
	t.section(heading("Link"), "--link "+p.Spec)
	for _, way := range report.PathWays(p) {
		t.section("", way)
	}
	if late := report.PathLate(p); late != "" {
		t.section("", late)
	}
	if missed := report.PathMissed(p); missed != "" {
		t.section(heading("Beware"), missed)
	}
}

// blocked writes where a thread was blocked.
func (t *writer) blocked(w *kernel.Witness) {
	b := w.Blocked
	if b == nil {
		return
	}
	t.blank()
	call := b.Syscall
	if call == "" {
		call = fmt.Sprintf("system call %d", b.Number)
	}
	text := fmt.Sprintf("thread %d in %s()", b.TID, call)
	if b.Wchan != "" {
		text += ", asleep in the kernel function " + b.Wchan
	}
	if b.Syscall != "recvfrom" {
		text += fmt.Sprintf(", after %s of %s each", words.Counted(w.Send.Calls, "call"), words.Bytes(w.ChunkBytes))
	}
	t.section(heading("Blocked"), text)
	if t.Verbose {
		for _, f := range b.Stack {
			t.section("", f)
		}
	}
}
