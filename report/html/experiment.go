package html

import (
	"winwatch/capture/kernel"
	"winwatch/capture/words"
	"winwatch/report"
)

// lesson is what the page says first about an experiment.
type lesson struct {
	report.Outcome
	Scenario string
	Findings []kernel.Finding
	// Path is what the link did, nil on loopback; the others put it into words.
	Path         *kernel.Path
	Ways         [2]string
	Late, Missed string
}

// newLesson returns the lesson of an experiment, nil if m is not of one.
func newLesson(m *report.Material) *lesson {
	w := m.Witness
	if w == nil {
		return nil
	}
	l := &lesson{Outcome: report.NewOutcome(m), Scenario: w.Scenario, Findings: w.Findings, Path: w.Path}
	if w.Path != nil {
		l.Ways, l.Late, l.Missed = report.PathWays(w.Path), report.PathLate(w.Path), report.PathMissed(w.Path)
	}
	return l
}

// proofTable compares what the packets show with the kernel's numbers.
type proofTable struct {
	Rows []proofRow
	// Notes are about rows that have no line. Withheld says why nothing is compared, Myth
	// why the last row is one; each is empty if it does not apply.
	Notes          []string
	Withheld, Myth string
}

type proofRow struct {
	Name, Packets, Kernel, Agreement string
	// Class is "good", "wrong", "unjudged" or "myth".
	Class string
	// How says how the packets' number was obtained, and where the kernel's is from.
	How string
}

// newProofTable returns the proof of an experiment, nil if m has none.
func newProofTable(m *report.Material) *proofTable {
	if m.Proof == nil {
		return nil
	}
	view := report.NewCompared(m.Proof, false)
	table := &proofTable{Notes: view.Notes, Withheld: m.Proof.Withheld}
	for _, r := range view.Rows {
		row := proofRow{Agreement: report.Agreement(r), Class: "good", How: r.Method + "; " + r.Source}
		row.Name, row.Packets, row.Kernel = report.Cells(r)
		switch {
		case !r.Judged:
			row.Class = "unjudged"
		case !r.OK:
			row.Class = "wrong"
		}
		table.Rows = append(table.Rows, row)
	}
	if held, ok := report.HalfIsMyth(m.Proof); ok {
		a := m.Proof.Accepted
		table.Myth = a.Explanation
		table.Rows = append(table.Rows, proofRow{Name: "everything sent / 2, bytes", Packets: words.Count(a.Half), Kernel: words.Count(held),
			Agreement: "a myth", Class: "myth", How: "half of what send() accepted; FIONREAD at the receiver"})
	}
	return table
}
