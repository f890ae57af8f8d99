package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"winwatch/cmd/winwatch/internal/outfile"
	"winwatch/report"
)

// evidence is what is kept of an experiment in which the packets and the kernel
// disagree, for whoever mends winwatch. The files are there from the start: at
// the end there may be no right to create them.
type evidence struct{ packets, report *outfile.File }

// collect begins to write both files, in the directory for temporary ones.
func collect(scenario string) (*evidence, error) {
	name := filepath.Join(os.TempDir(), fmt.Sprintf("winwatch-%s-%d", scenario, time.Now().UnixNano()))
	packets, err := outfile.Create(name + ".pcap")
	if err != nil {
		return nil, err
	}
	told, err := outfile.Create(name + ".json")
	if err != nil {
		packets.Discard()
		return nil, err
	}
	return &evidence{packets, told}, nil
}

// discard removes what is not kept.
func (e *evidence) discard() {
	e.packets.Discard()
	e.report.Discard()
}

// keep gives both files their names.
func (e *evidence) keep(m *material) error {
	e.report.Fail(report.JSON(e.report, m.result, &m.outside))
	return errors.Join(e.report.Commit(), e.packets.Commit())
}

// accuse returns an error if the packets and the kernel disagree, and keeps the
// evidence. Claims of the scenario that did not hold are an error too, but not
// winwatch's.
func (e *evidence) accuse(m *material) error {
	var errs []error
	for _, f := range m.outside.Witness.Failed() {
		errs = append(errs, fmt.Errorf("run: this did not hold: %s (%s)", f.Claim, f.Evidence))
	}
	if m.outside.Proof == nil || len(m.outside.Proof.Failed()) == 0 {
		return errors.Join(errs...)
	}
	for _, r := range m.outside.Proof.Failed() {
		errs = append(errs, fmt.Errorf("run: failure of winwatch: %s: the packets say %s, the kernel %s (%s)",
			r.Name, said(&r), number(r.Kernel), r.Unit))
	}
	if err := e.keep(m); err != nil {
		return errors.Join(append(errs, err)...)
	}
	last := len(errs) - 1
	errs[last] = withHint(errs[last], "please report this, with "+e.packets.Name(), "and "+e.report.Name())
	return errors.Join(errs...)
}
