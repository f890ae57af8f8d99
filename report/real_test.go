package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
)

// captures are the analyzer's own: real stacks, see its testdata/README.md.
func captures(t *testing.T) []string {
	t.Helper()
	lab, err := filepath.Glob("../analyze/testdata/lab/*/capture.pcap*")
	if err != nil || len(lab) == 0 {
		t.Fatalf("no capture found (%v)", err)
	}
	return append(lab, "../analyze/testdata/seed-flood.pcap")
}

// analyzeFile analyzes a capture, and gives its samples to the sinks.
func analyzeFile(t *testing.T, file string, sinks ...func(*analyze.Sample)) *analyze.Result {
	t.Helper()
	src, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	a := analyze.New(analyze.DefaultConfig())
	for _, sink := range sinks {
		a.OnSample(sink)
	}
	var s capture.Segment
	for {
		err := src.Next(&s)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Add(&s)
	}
	r := a.Result()
	r.SetInput(src.Counters())
	return r
}

func TestRealJSONFitsTheSchema(t *testing.T) {
	s := schema(t)
	for _, file := range captures(t) {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			var out bytes.Buffer
			if err := JSON(&out, analyzeFile(t, file), nil); err != nil {
				t.Fatal(err)
			}
			validate(t, s, out.Bytes())
		})
	}
}

// TestRealText shows every capture at several widths: no line but those that
// are there to be copied may be wider than the terminal.
func TestRealText(t *testing.T) {
	for _, file := range captures(t) {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			tl := chart.New(100_000)
			r := analyzeFile(t, file, tl.Add)
			for _, width := range []int{80, 100, 200} {
				var out bytes.Buffer
				if err := Text(&out, r, tl, nil, TextOptions{Width: width, Verbose: true}); err != nil {
					t.Fatal(err)
				}
				checkWidth(t, out.String(), width)
			}
		})
	}
	tl := chart.New(100_000)
	f := fixture{name: "seed-flood", result: analyzeFile(t, "../analyze/testdata/seed-flood.pcap", tl.Add), tl: tl}
	golden(t, "seed-flood.80.txt", textOf(f, 80, LookPlain))
}

func checkWidth(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := len([]rune(line)); n > width && !strings.Contains(line, "next") && !strings.Contains(line, "Wireshark: ") {
			t.Errorf("%d columns in %d: %s", n, width, line)
		}
	}
}

// TestCSVAgreesWithTshark compares the columns that Wireshark knows too.
func TestCSVAgreesWithTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	columns := []struct{ ours, theirs string }{
		{"frame", "frame.number"}, {"stream", "tcp.stream"}, {"src_port", "tcp.srcport"}, {"dst_port", "tcp.dstport"},
		{"seq", "tcp.seq_raw"}, {"ack", "tcp.ack_raw"}, {"len", "tcp.len"}, {"window_raw", "tcp.window_size_value"},
		{"window_bytes", "tcp.window_size"},
	}
	for _, name := range []string{"seed-flood.pcap", "lab/drain/capture.pcap", "lab/port-reuse/capture.pcap"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("../analyze/testdata", name)
			var out bytes.Buffer
			c := NewCSV(&out)
			analyzeFile(t, file, c.Add)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&out).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			args := []string{"-r", file, "-Y", "tcp", "-T", "fields"}
			for _, c := range columns {
				args = append(args, "-e", c.theirs)
			}
			want, err := exec.Command(tshark, args...).Output()
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
			if len(lines) != len(rows)-1 {
				t.Fatalf("%d rows, tshark has %d", len(rows)-1, len(lines))
			}
			for k, line := range lines {
				for i, theirs := range strings.Split(line, "\t") {
					if got := rows[k+1][slices.Index(rows[0], columns[i].ours)]; got != theirs {
						t.Fatalf("row %d: %s is %q, tshark has %q", k+1, columns[i].ours, got, theirs)
					}
				}
			}
		})
	}
}
