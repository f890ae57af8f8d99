//go:build linux

package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
	"winwatch/report"
)

// TestEvidence: packets and report are kept if and only if winwatch was wrong.
func TestEvidence(t *testing.T) {
	one, two := int64(1), int64(2)
	row := func(ok bool) *proof.Proof {
		return &proof.Proof{Rows: []proof.Row{{Name: "probes", Unit: "count", Inferred: &one, Kernel: &two, Exact: true, Judged: true, OK: ok}}}
	}
	verdict := func(ok bool) *proof.Proof {
		return &proof.Proof{Cause: &proof.Cause{SetUp: "the server never reads", Expected: []string{"receiver-not-reading"}, Code: "ok",
			Confidence: "high", Kernel: "the window held the sender back for 7.05 s of 7.07 s", Judged: true, OK: ok}}
	}
	for name, tt := range map[string]struct {
		proof *proof.Proof
		says  string // "" if winwatch is right
	}{
		"wrong row":   {row(false), "winwatch disagrees with the kernel on probes: inferred 1, kernel 2"},
		"right row":   {row(true), ""},
		"right cause": {verdict(true), ""},
		"wrong cause": {verdict(false), "winwatch disagrees with the experiment on the cause: set up receiver-not-reading (the server never reads); " +
			"the packets say ok; the kernel says: the window held the sender back for 7.05 s of 7.07 s"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			found, err := collect("drain")
			if err != nil {
				t.Fatal(err)
			}
			m := &report.Material{Result: analyze.New(analyze.DefaultConfig()).Result()}
			m.Witness = &kernel.Witness{Scenario: "drain"}
			m.Proof = tt.proof
			err = found.accuse(m)
			found.discard()
			if tt.says == "" {
				if err != nil {
					t.Error(err)
				}
				onlyFiles(t, dir)
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v", err)
			}
			onlyFiles(t, dir, filepath.Base(found.report.Name()), filepath.Base(found.packets.Name()))
			var saved map[string]any
			if err := json.Unmarshal(readFile(t, found.report.Name()), &saved); err != nil || saved["proof"] == nil {
				t.Errorf("the saved report: %v", err)
			}
		})
	}
}
