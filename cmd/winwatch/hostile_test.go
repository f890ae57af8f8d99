//go:build linux

package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// hostileName is a file name that would control a terminal, reverse the text
// direction, run as a script on a page, and be a formula in a spreadsheet.
const hostileName = "=cmd|'C calc'!A1\x1b[2J\x07\u202e\u009b31m<script>alert(1)<img src=x onerror=alert(1)>\r\n.pcap"

// TestHostileFileName: the name of a capture never appears unescaped in an output.
func TestHostileFileName(t *testing.T) {
	flood := readFile(t, "../../analyze/testdata/seed-flood.pcap")
	t.Chdir(t.TempDir())
	for name, data := range map[string][]byte{hostileName: flood, "cut" + hostileName: flood[:1000], "no" + hostileName: []byte("no capture")} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{hostileName, "-v"}, {"cut" + hostileName, "-v"}, {"cut" + hostileName, "--format=json"}, {"no" + hostileName}, {"missing" + hostileName},
		{"--each", hostileName, "cut" + hostileName, "no" + hostileName},
		{hostileName, "-o", "dir" + hostileName + "/w.csv"}, {hostileName, "-o", hostileName}, {"cut" + hostileName, "-q",
			"-o", "w.csv", "-o", "events.csv", "-o", "r.html", "-o", "w.svg"},
	} {
		var out, errs bytes.Buffer
		cmd := program(append([]string{"analyze"}, args...)...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		cmd.Run() // some fail on purpose
		for _, b := range [][]byte{out.Bytes(), errs.Bytes()} {
			if at := bytes.IndexFunc(b, steers); at >= 0 {
				t.Errorf("%q: output controls a terminal: %q", args, b[at:min(at+20, len(b))])
			}
		}
		for line := range strings.Lines(errs.String()) {
			if !strings.HasPrefix(line, "winwatch: ") && !strings.HasPrefix(line, "  ") {
				t.Errorf("%q: a name starts a new line: %q", args, line)
			}
		}
		if out.Len()+errs.Len() == 0 && args[1] != "-q" {
			t.Errorf("%q: no output", args)
		}
	}
	for _, name := range []string{"r.html", "w.svg"} {
		if b := readFile(t, name); bytes.Contains(b, []byte("<script>alert")) || bytes.Contains(b, []byte("<img src=x")) {
			t.Errorf("%s contains the unescaped name", name)
		}
	}
	for _, name := range []string{"w.csv", "events.csv"} {
		rows, err := csv.NewReader(bytes.NewReader(readFile(t, name))).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsAny(cell[:min(1, len(cell))], "=+@\t\r") {
					t.Errorf("%s: formula %q", name, cell)
				}
			}
		}
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
