package csv

import (
	"bytes"
	"encoding/csv"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/kernel"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// TestGoldens writes the stalls and probes of every fixture, and kernel samples.
func TestGoldens(t *testing.T) {
	names := []string{"kernel.csv"}
	for _, f := range reporttest.Fixtures() {
		name := f.Name + ".events.csv"
		names = append(names, name)
		t.Run(name, func(t *testing.T) {
			reporttest.Golden(t, name, func(w io.Writer) error { return Events(w, f.Material) })
		})
	}
	t.Run("kernel.csv", func(t *testing.T) { reporttest.Golden(t, "kernel.csv", writeKernel) })
	reporttest.OnlyGoldens(t, names...)
}

// writeKernel writes two samples: one that the kernel gave few numbers for, before the
// first packet, and one with a different number in each field.
func writeKernel(w io.Writer) error {
	s := kernel.Sample{Time: reporttest.At(-0.5), Client: kernel.SocketState{State: "ESTABLISHED", Time: reporttest.At(-0.5)},
		Send: kernel.CallStats{Calls: 3, Bytes: 30}}
	for _, f := range report.SocketFields {
		*f.Of(&s.Server) = kernel.Unknown
	}
	m := &report.Material{Result: &analyze.Result{Segments: 1, Begin: reporttest.At(0)}, Kernel: []kernel.Sample{s, s}}
	last := &m.Kernel[1]
	last.Time = reporttest.At(1.5)
	for i, f := range report.SocketFields {
		*f.Of(&last.Client) = int64(i)
	}
	return Kernel(w, m)
}

// TestHostileTextIsHarmless checks that no field begins like a formula, except negative
// numbers, and that none breaks a row.
func TestHostileTextIsHarmless(t *testing.T) {
	f := reporttest.HostileFixture()
	var out bytes.Buffer
	if err := Events(&out, f.Material); err != nil {
		t.Fatal(err)
	}
	f.Kernel = []kernel.Sample{{Client: kernel.SocketState{State: reporttest.Hostile}}}
	if err := Kernel(&out, f.Material); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(&out)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, row := range rows {
		for _, field := range row {
			found = found || strings.Contains(field, "1+1")
			if field != "" && strings.ContainsRune("=+@\t\r", rune(field[0])) || strings.HasPrefix(field, "-") && strings.ContainsAny(field, "=()!") {
				t.Errorf("a spreadsheet would evaluate %q", field)
			}
			reporttest.Harmless(t, "CSV", field, "")
		}
	}
	if !found {
		t.Error("the hostile text is not in the CSV: nothing was tested")
	}
}

func TestAppendText(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""}, {"plain words", "plain words"}, {"a,b", `"a,b"`}, {`say "no"`, `"say ""no"""`},
		{"=SUM(A1)", `"'=SUM(A1)"`}, {"-1", `"'-1"`}, {"+1", `"'+1"`}, {"@x", `"'@x"`}, {"\t=1", `\t=1`},
		{"two\nlines\r", `two\nlines\r`}, {"＝1", `"'＝1"`}, {" =1", `"' =1"`}, {"\x1b[31m", `\x1b[31m`}, {"a\u009bx", `a\u009bx`},
	} {
		if got := string(appendText(nil, test.text)); got != test.want {
			t.Errorf("%q gives %s, want %s", test.text, got, test.want)
		}
	}
}

func TestEventsIsRectangular(t *testing.T) {
	for _, f := range reporttest.Fixtures() {
		var out bytes.Buffer
		if err := Events(&out, f.Material); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll() // fails if rows differ in length
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		stalls, probes := 0, 0
		for _, row := range rows[1:] {
			switch row[0] {
			case "stall":
				stalls++
			case "probe":
				probes++
			}
		}
		if int64(stalls) != f.Result.Stalls || int64(probes) != f.Result.Probes {
			t.Errorf("%s: %d stalls and %d probes, want %d and %d", f.Name, stalls, probes, f.Result.Stalls, f.Result.Probes)
		}
	}
}

// TestEventsTellFindings checks the rows of a stream with one finding, and of one that was
// refused before any time passed.
func TestEventsTellFindings(t *testing.T) {
	st := &analyze.Stream{ID: 7}
	late := cause.Finding{Severity: cause.Problem, Code: "receiver-slow", Party: cause.ReceivingApplication, Flow: 1,
		Wait: 1500 * time.Millisecond, Sentence: "it read slowly", Confidence: cause.Medium,
		Evidence: []cause.Evidence{{Text: "the window closed", Mark: cause.Mark{Frame: 9, Time: 2e9}}, {Text: "3 stalls"}},
		Excluded: []string{"not loss: 0 retransmissions"}}
	st.Diagnose(cause.Diagnosis{Verdict: late, Causes: []cause.Finding{late, {Code: cause.Healthy, Party: cause.Nobody, Wait: 1}}})
	refused := &analyze.Stream{ID: 8}
	refused.Diagnose(cause.Diagnosis{Verdict: cause.Finding{Severity: cause.Problem, Code: cause.Refused, Party: cause.ReceivingHostOrPath, Sentence: "refused", Confidence: cause.High}})
	r := &analyze.Result{Begin: 1e9}
	var out bytes.Buffer
	if err := Events(&out, &report.Material{Result: r.Select([]*analyze.Stream{st, refused})}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[1:] {
		line := ""
		for _, name := range []string{"kind", "stream", "direction", "begin_frame", "begin_ns", "begin_s", "severity", "code", "party", "confidence", "wait_ns", "text"} {
			line += row[slices.Index(rows[0], name)] + ","
		}
		got = append(got, line)
	}
	want := []string{
		"finding,7,server-to-client,,,,problem,receiver-slow,receiving-application,medium,1500000000,it read slowly,",
		"evidence,7,server-to-client,9,2000000000,1.000000000,,receiver-slow,,,,the window closed,",
		"evidence,7,server-to-client,,,,,receiver-slow,,,,3 stalls,",
		"excluded,7,server-to-client,,,,,receiver-slow,,,,not loss: 0 retransmissions,",
		"finding,8,client-to-server,,,,problem,refused,receiving-host-or-path,high,0,refused,",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestWindowAgreesWithTshark compares the columns that tshark has as well.
func TestWindowAgreesWithTshark(t *testing.T) {
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
			file := filepath.Join("../../analyze/testdata", name)
			var out bytes.Buffer
			c := NewWindow(&out)
			reporttest.Analyze(t, file, c.Add)
			if err := c.Close(nil); err != nil {
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
