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
	for name, ok := range map[string]bool{"wrong": false, "right": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			found, err := collect("drain")
			if err != nil {
				t.Fatal(err)
			}
			m := &report.Material{Result: analyze.New(analyze.DefaultConfig()).Result()}
			m.Witness = &kernel.Witness{Scenario: "drain"}
			m.Proof = &proof.Proof{Rows: []proof.Row{{Name: "probes", Unit: "count",
				Inferred: &one, Kernel: &two, Exact: true, Judged: true, OK: ok}}}
			err = found.accuse(m)
			found.discard()
			if ok {
				if err != nil {
					t.Error(err)
				}
				onlyFiles(t, dir)
				return
			}
			if err == nil || !strings.Contains(err.Error(), "winwatch disagrees with the kernel on probes: inferred 1, kernel 2") {
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
