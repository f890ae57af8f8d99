package json

import (
	"bytes"
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
	"winwatch/report/json/jsontest"
	"winwatch/report/reporttest"
)

// captures returns every capture that the project has for tests and that can be read.
func captures(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		isCapture := strings.Contains(path, ".pcap") || strings.Contains(path, ".bin")
		if err != nil || d.IsDir() || !isCapture || !strings.Contains(path, "/testdata/") {
			return err
		}
		if r, err := capture.Open(path); err == nil {
			r.Close()
			found = append(found, path)
		}
		return nil
	})
	if err != nil || len(found) < 50 {
		t.Fatalf("%d captures found (%v)", len(found), err)
	}
	return found
}

// TestNoCaptureGivesImpossibleNumbers checks the reports on all captures: each alone, with
// streams evicted, together with captures of other days, and narrowed to one stream.
func TestNoCaptureGivesImpossibleNumbers(t *testing.T) {
	s := schema(t)
	few := analyze.DefaultConfig()
	few.MaxStreams, few.MaxStalls, few.TroubleBytes = 2, 2, 3000
	for _, file := range captures(t) {
		t.Run(strings.TrimPrefix(file, "../../"), func(t *testing.T) {
			alone := analyzeFiles(t, analyze.DefaultConfig(), file)
			results := map[string]*analyze.Result{
				"alone":       alone,
				"few streams": analyzeFiles(t, few, file),
				"with others": analyzeFiles(t, analyze.DefaultConfig(), reporttest.Drain, file, reporttest.SeedFlood),
			}
			for _, st := range alone.Worst(1) {
				results["one stream"] = alone.Select([]*analyze.Stream{st})
			}
			for way, r := range results {
				out := written(t, r)
				validate(t, s, out)
				if err := jsontest.Check(out); err != nil {
					t.Errorf("%s: %v", way, err)
				}
			}
		})
	}
}

// analyzeFiles analyzes captures as one, as far as they can be read.
func analyzeFiles(t *testing.T, cfg analyze.Config, files ...string) *analyze.Result {
	t.Helper()
	src, err := (*capture.Preopened)(nil).OpenAll(files)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	a := analyze.New(cfg)
	a.OnSample(func(s *analyze.Sample) {
		if s.Elapsed < 0 || s.RightEdge < analyze.Unknown || s.InFlight < analyze.Unknown || s.Window < analyze.Unknown {
			t.Errorf("frame %d: elapsed %v, right edge %d, in flight %d, window %d", s.Segment.Frame, s.Elapsed, s.RightEdge, s.InFlight, s.Window)
		}
	})
	if err := a.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	return a.Result()
}

func written(t *testing.T, r *analyze.Result) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, &report.Material{Result: r}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestCheckFindsContradictions changes single numbers of a report that is right.
func TestCheckFindsContradictions(t *testing.T) {
	right := written(t, analyzeFiles(t, analyze.DefaultConfig(), reporttest.SeedFlood))
	if err := jsontest.Check(right); err != nil {
		t.Fatal(err)
	}
	for _, edit := range []struct{ from, to, want string }{
		{`"value_bytes":934544`, `"value_bytes":-1`, "-1 is negative"},
		{`"value_bytes":934544,"low_bytes":934544`, `"value_bytes":934543,"low_bytes":934544`, "low_bytes 934544 exceeds value_bytes 934543"},
		{`"gap_ns":`, `"gap_ns":-`, "is negative"},
		{`"dup_acks":`, `"dup_acks":-1`, "is negative"},
		{`"end_ns":15`, `"end_ns":14`, "is not within"},
		{`"end_ns":15`, `"end_ns":1515`, "is too large"},
		{`"begin_ns":1`, `"begin_ns":2`, "begin_ns 2"},
		{`"span_ns":`, `"span_ns":1`, "end_ns - begin_ns"},
		{`"duration_ns":1`, `"duration_ns":2`, "end_ns - begin_ns"},
		{`"payload_bytes":`, `"payload_bytes":1`, "the sum over the streams"},
		{`"probes":6`, `"probes":5`, "probes is 5, the sum over the streams 6"},
		{`"streams":1,"wait_ns":`, `"streams":2,"wait_ns":`, "2 streams of 1"},
		{`"streams":1,"wait_ns":`, `"streams":1,"wait_ns":1`, "the streams say 1 and"},
		{`"worst_wait_ns":`, `"worst_wait_ns":1`, "exceeds wait_ns"},
		{`"code":"receiver-not-reading","party":"receiving-application","at"`, `"code":"receiver-slow","party":"receiving-application","at"`, "that of its group"},
		{`"data_retransmissions":0`, `"data_retransmissions":1`, "data_retransmissions 1 exceeds retransmissions 0"},
		{`"sender_idle_ns":`, `"sender_idle_ns":1`, "total_ns is"},
		{`"excluded":["not `, `"excluded":["`, "does not begin with"},
		{`"frames":[`, `"frames":[],"more":[`, "is not among the frames"},
		{`"sentence":"`, `"sentence":"5 of 1 data segments `, `"5 of 1"`},
		{`"sentence":"`, `"sentence":"5,000 of 1,000 data segments `, `"5,000 of 1,000"`},
	} {
		wrong := bytes.Replace(right, []byte(edit.from), []byte(edit.to), 1)
		if bytes.Equal(wrong, right) {
			t.Errorf("%s does not occur", edit.from)
			continue
		}
		if err := jsontest.Check(wrong); err == nil || !strings.Contains(err.Error(), edit.want) {
			t.Errorf("%s: %v, want %q", edit.to, err, edit.want)
		}
	}
}

// TestCheckCountsPackets: a link delivers no packet that did not enter it.
func TestCheckCountsPackets(t *testing.T) {
	var right bytes.Buffer
	if err := Write(&right, reporttest.LinkProof().Material); err != nil {
		t.Fatal(err)
	}
	if err := jsontest.Check(right.Bytes()); err != nil && strings.Contains(err.Error(), ".witness") {
		t.Fatal(err)
	}
	wrong := bytes.Replace(right.Bytes(), []byte(`"delivered":3056`), []byte(`"delivered":3058`), 1)
	if err := jsontest.Check(wrong); err == nil || !strings.Contains(err.Error(), "3100 entered, 2 of them twice") {
		t.Errorf("one packet too many: %v", err)
	}
}

// TestCheckThroughput: no more was acknowledged in a part of an experiment than was sent
// in all of it, and the part is no longer.
func TestCheckThroughput(t *testing.T) {
	var right bytes.Buffer
	if err := Write(&right, reporttest.LinkProof().Material); err != nil {
		t.Fatal(err)
	}
	for change, want := range map[[2]string]string{
		{`"kernel_acknowledged_bytes":3850000`, `"kernel_acknowledged_bytes":4000001`}: "4000001 bytes were acknowledged",
		{`"span_ns":2000000000,"kernel`, `"span_ns":9000000000,"kernel`}:               "the steady part lasted 9000000000 ns",
	} {
		wrong := bytes.Replace(right.Bytes(), []byte(change[0]), []byte(change[1]), 1)
		if err := jsontest.Check(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}
