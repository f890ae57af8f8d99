package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"winwatch/report"
	"winwatch/report/reporttest"
)

func TestSweep(t *testing.T) {
	for name, s := range reporttest.Sweeps() {
		reporttest.Golden(t, "sweep/"+name+".csv", func(w io.Writer) error { return Sweep(w, s) })
		var b bytes.Buffer
		if err := Sweep(&b, s); err != nil {
			t.Fatal(err)
		}
		// The reader refuses rows of different lengths.
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 1+len(s.Cells) {
			t.Errorf("%s: %d rows, error %v", name, len(rows), err)
		}
	}
}

// TestSweepWithoutProof checks that a sweep in which every run failed is an error.
func TestSweepWithoutProof(t *testing.T) {
	s := &report.Sweep{Settings: []report.Setting{{Name: "chunk", Column: "chunk"}}, Cells: []report.SweepCell{{Values: []report.Value{{Text: "10", Number: 10}}, Err: errors.New("no")}}}
	var b strings.Builder
	if err := Sweep(&b, s); err == nil || b.Len() > 0 {
		t.Errorf("error %v, %q", err, b.String())
	}
}
