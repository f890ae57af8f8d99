package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"winwatch/cmd/winwatch/internal/outfile"
	"winwatch/report"
	jsonreport "winwatch/report/json"
)

// evidence holds the files kept for debugging if winwatch disagrees with the kernel. They
// are created at the start, because the process may lack the right to create them later.
type evidence struct{ packets, report *outfile.File }

// collect creates both files in the directory for temporary files.
func collect(scenario string) (*evidence, error) {
	name := filepath.Join(os.TempDir(), fmt.Sprintf("winwatch-%s-%d", scenario, time.Now().UnixNano()))
	packets, err := outfile.Create(name + ".pcap")
	if err != nil {
		return nil, err
	}
	saved, err := outfile.Create(name + ".json")
	if err != nil {
		packets.Discard()
		return nil, err
	}
	return &evidence{packets, saved}, nil
}

// discard removes the files unless they were kept.
func (e *evidence) discard() {
	e.packets.Discard()
	e.report.Discard()
}

// keep completes both files.
func (e *evidence) keep(m *report.Material) error {
	e.report.Fail(jsonreport.Write(e.report, m))
	return errors.Join(e.report.Commit(), e.packets.Commit())
}

// accuse returns an error, and keeps the evidence, if winwatch disagrees with the kernel
// or with what was set up.
// Claims of the scenario that did not hold are errors, too, but not faults of winwatch.
func (e *evidence) accuse(m *report.Material) error {
	var errs []error
	for _, f := range m.Witness.Failed() {
		errs = append(errs, fmt.Errorf("run: claim does not hold: %s (%s)", f.Claim, f.Evidence))
	}
	if m.Proof == nil || !m.Proof.Wrong() {
		return errors.Join(errs...)
	}
	for _, what := range m.Proof.Disagreements() {
		errs = append(errs, fmt.Errorf("run: winwatch disagrees with %s", what))
	}
	if err := e.keep(m); err != nil {
		return errors.Join(append(errs, err)...)
	}
	last := len(errs) - 1
	errs[last] = withHint(errs[last], "please report this and attach "+e.packets.Name(), "and "+e.report.Name())
	return errors.Join(errs...)
}
