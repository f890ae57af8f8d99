//go:build linux

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"winwatch/analyze/proof"
	"winwatch/capture/capturetest"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
)

// exactRows are the rows of a proof in which packets and kernel must agree exactly, in a
// namespace without other traffic.
var exactRows = []string{"receive queue", "send queue", "window seen", "probes", "keep-alives"}

// checkProof checks that no row failed and that the exact rows were judged, but for those
// that need packets that the link kept from the capture, and a verdict that a link on a busy
// machine may have changed.
func checkProof(t *testing.T, judged *proof.Proof) {
	t.Helper()
	if judged.Withheld != "" {
		t.Errorf("the proof is withheld: %s", judged.Withheld)
	}
	for _, what := range judged.Disagreements() {
		t.Errorf("winwatch disagrees with %s", what)
	}
	switch c := judged.Cause; {
	case c == nil:
		t.Error("there is no cause")
	case strings.Contains(c.Unjudged, "this machine was busy"):
		t.Logf("the cause was not judged: %s", c.Unjudged)
	case !c.Judged:
		t.Errorf("the cause was not judged: %+v", c)
	}
	kept := []string{proof.Kept(kernel.ClientEnd), proof.Kept(kernel.ServerEnd)}
	for _, name := range exactRows {
		i := slices.IndexFunc(judged.Rows, func(r proof.Row) bool { return r.Name == name })
		if i < 0 {
			t.Errorf("the proof has no row %q", name)
		} else if r := judged.Rows[i]; !r.Exact || !r.Judged && !slices.Contains(kept, r.Unjudged) {
			t.Errorf("%s: exact %v, judged %v", &r, r.Exact, r.Judged)
		}
	}
}

// TestRunProof runs the default experiment: the proof must hold, the saved capture must
// give the same results as the live one, and every window must be the one that tshark
// computes.
func TestRunProof(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := func(n string) string { return filepath.Join(dir, n) }
	out, _ := inIsolation(t, 0, "--hold=1s", "--format=proof", "-o", name("w.csv"), "-o", name("r.json"),
		"-o", name("flood.pcap"), "-o", name("kernel.csv"), "-o", name("r.html"))
	var proof proof.Proof
	if err := json.Unmarshal([]byte(out), &proof); err != nil {
		t.Fatal(err)
	}
	checkProof(t, &proof)
	analyzed := func(format string) []byte {
		out, err := program("analyze", name("flood.pcap"), "--format="+format).Output()
		if err != nil {
			t.Fatalf("analyze: %v", err)
		}
		return out
	}
	windows := readFile(t, name("w.csv"))
	if !bytes.Equal(windows, analyzed("csv")) {
		t.Error("the windows of the saved capture differ from the live ones")
	}
	sameFindings(t, readFile(t, name("r.json")), analyzed("json"))
	compareTsharkWindows(t, windows, name("flood.pcap"))
	if kernel := readFile(t, name("kernel.csv")); bytes.Count(kernel, []byte("\n")) < 10 {
		t.Errorf("kernel.csv:\n%s", kernel)
	}
	onlyFiles(t, dir, "flood.pcap", "kernel.csv", "r.html", "r.json", "w.csv")
}

// sameFindings compares what two JSON reports say about the packets.
func sameFindings(t *testing.T, live, saved []byte) {
	t.Helper()
	var a, b map[string]any
	if err := json.Unmarshal(live, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(saved, &b); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"input", "summary", "verdicts", "warnings", "streams"} {
		if a[part] == nil || !reflect.DeepEqual(a[part], b[part]) {
			t.Errorf("%s of the live run:\n%v\nof the saved capture:\n%v", part, a[part], b[part])
		}
	}
}

// compareTsharkWindows compares the column window_bytes with tshark.
func compareTsharkWindows(t *testing.T, windows []byte, capture string) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tshark is not installed")
		}
		t.Log("tshark is not installed: windows not compared")
		return
	}
	rows, err := csv.NewReader(bytes.NewReader(windows)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "window_bytes")
	theirs, err := exec.Command("tshark", "-r", capture, "-T", "fields", "-e", "tcp.window_size").Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	lines := strings.Fields(string(theirs))
	if len(lines) != len(rows)-1 || len(lines) < 10 {
		t.Fatalf("%d windows, tshark has %d", len(rows)-1, len(lines))
	}
	for i, want := range lines {
		if got := rows[1+i][column]; got != want {
			t.Errorf("frame %d: window %s, tshark has %s", i+1, got, want)
		}
	}
}

// TestScenarios runs every scenario as the user who runs the tests. As an ordinary user
// it runs a sample, or all in a full run. The kernel must confirm the claims and agree
// with the inferred values.
func TestScenarios(t *testing.T) {
	t.Parallel()
	needLive(t)
	all := experiment.Scenarios()
	if len(all) == 0 {
		t.Fatal("there are no scenarios")
	}
	for _, user := range []struct {
		name      string
		scenarios []experiment.Scenario
		program   func(t *testing.T, args ...string) *exec.Cmd
	}{
		{"this user", all, plainProgram},
		{"ordinary user", capturetest.Sample(all, 4), func(t *testing.T, args ...string) *exec.Cmd {
			cmd := program(args...)
			asOrdinaryUser(t, cmd)
			return cmd
		}},
	} {
		for _, s := range user.scenarios {
			t.Run(user.name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				cmd := user.program(t, "run", s.Name, "--isolate", "--format=proof")
				var out, errs bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &errs
				if err := cmd.Run(); err != nil { // a claim that does not hold also fails the run
					t.Errorf("%v\n%s", err, &errs)
				}
				var proof proof.Proof
				if err := json.Unmarshal(out.Bytes(), &proof); err != nil {
					t.Fatal(err)
				}
				checkProof(t, &proof)
			})
		}
	}
}

// TestScenariosOverLink runs a sample of the scenarios over a link that delays, or in a full
// run all of them, captured at one point after the other. The kernel must confirm the claims
// and agree with the numbers; verdicts are compared over the scenarios' own links.
func TestScenariosOverLink(t *testing.T) {
	t.Parallel()
	needLive(t)
	for i, s := range capturetest.Sample(experiment.Scenarios(), 4) {
		at := experiment.Point(i % 3)
		t.Run(s.Name+"/"+at.String(), func(t *testing.T) {
			t.Parallel()
			cmd := plainProgram(t, "run", s.Name, "--link=delay=20ms", "--at="+at.String(), "--format=proof")
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			err := cmd.Run()
			var judged proof.Proof
			if err := json.Unmarshal(out.Bytes(), &judged); err != nil {
				t.Fatalf("%v\n%s", err, &errs)
			}
			for _, r := range judged.Failed() {
				t.Errorf("winwatch disagrees with the kernel on %s", &r)
			}
			if judged.Withheld != "" || len(judged.Rows) == 0 {
				t.Errorf("withheld: %q, rows: %+v", judged.Withheld, judged.Rows)
			}
			if strings.Contains(errs.String(), "claim does not hold") {
				t.Errorf("%v\n%s", err, &errs)
			}
		})
	}
}

// TestSweep runs a grid of buffer sizes and chunk sizes. In every cell both queues, the
// window and the probes equal the kernel's, and both buffers are in their intervals.
func TestSweep(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "sweep.csv")
	out, _ := inIsolation(t, 0, "--hold=700ms", "--sweep", "rcvbuf=4k,64k,256k,1M", "--sweep", "chunk=10,100,1000,64k", "-o", name)
	table, notes, _ := strings.Cut(out, "\n\n")
	if lines := strings.Split(strings.TrimSpace(table), "\n"); len(lines) != 1+16 {
		t.Errorf("the table does not hold 16 runs:\n%s", out)
	}
	if !strings.Contains(notes, "numbers compared with the kernel in 16 runs: all agree") {
		t.Errorf("the notes do not sum up 16 runs:\n%s", out)
	}
	rows, err := csv.NewReader(bytes.NewReader(readFile(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+16 || !slices.Equal(rows[0][:2], []string{"rcvbuf", "chunk"}) || !slices.Equal(rows[16][:2], []string{"1048576", "65536"}) {
		t.Fatalf("sweep.csv: %v", rows)
	}
	for _, row := range rows[1:] {
		value := func(column string) string {
			i := slices.Index(rows[0], column)
			if i < 0 {
				t.Fatalf("sweep.csv has no column %s: %v", column, rows[0])
			}
			return row[i]
		}
		for _, q := range []string{"receive_queue", "send_queue", "window_seen", "probes", "keep_alives"} {
			unit := "_bytes"
			if q == "probes" || q == "keep_alives" {
				unit = "_count"
			}
			if value(q+"_difference"+unit) != "0" {
				t.Errorf("%v: %s: inferred %s, kernel %s", row[:2], q, value(q+"_inferred"+unit), value(q+"_kernel"+unit))
			}
		}
		for _, column := range []string{"receive_buffer_ok", "send_buffer_ok", "time_limited_by_the_window_ok", "time_busy_ok"} {
			if value(column) != "true" {
				t.Errorf("%v: %s is %q: %v", row[:2], column, value(column), row)
			}
		}
		if value("probes_kernel_count") == "0" || value("receive_queue_kernel_bytes") == "0" {
			t.Errorf("%v: no probes or an empty receive queue: %v", row[:2], row)
		}
	}
}

// TestSweepCure: TCP_NODELAY makes a request in two writes fast, and a sweep of both
// scenarios shows it.
func TestSweepCure(t *testing.T) {
	t.Parallel()
	out, rows := sweepRows(t, "--sweep", "scenario=nagle,nodelay")
	if !strings.Contains(out, "delayed-ack") || !strings.Contains(out, "request") {
		t.Errorf("the table:\n%s", out)
	}
	// Half of TCP_DELACK_MIN tells them apart.
	slow, fast := numberIn(t, rows[0], "request_median_ns"), numberIn(t, rows[1], "request_median_ns")
	if slow < 20e6 || fast <= 0 || fast >= 20e6 {
		t.Errorf("a request takes %v ns, with TCP_NODELAY %v ns", slow, fast)
	}
}

// TestSweepOverLink varies the delay of a link: the round trip follows it, and the picture
// is drawn.
func TestSweepOverLink(t *testing.T) {
	t.Parallel()
	picture := filepath.Join(t.TempDir(), "sweep.svg")
	_, rows := sweepRows(t, "slow-reader", "--hold=1s", "--link", "rate=100mbit", "--sweep", "delay=1ms,20ms", "-o", picture)
	for i, least := range []float64{2e6, 40e6} {
		if rtt := numberIn(t, rows[i], "rtt_smallest_ns"); rtt < least || rtt > least+20e6 {
			t.Errorf("%v: the smallest round trip is %v ns, want %v", rows[i], rtt, least)
		}
		if rate := numberIn(t, rows[i], "link_rate_bit_per_s"); rate != 100e6 {
			t.Errorf("the link has %v bit/s", rate)
		}
	}
	if svg := readFile(t, picture); !bytes.Contains(svg, []byte("Throughput by delay of the link, each way")) {
		t.Errorf("the picture lacks its title:\n%.2000s", svg)
	}
}

// TestSweepLaw: while the window is the limit, throughput is window ÷ RTT within 5%, and four
// times the window makes four times the throughput, within twice that.
func TestSweepLaw(t *testing.T) {
	_, rows := sweepRows(t, "window-limited", "--link", "delay=20ms,rate=100mbit", "--sweep", "rcvbuf=32k,128k")
	for _, row := range rows {
		if off := numberIn(t, row, "window_over_rtt_off_percent"); off < -5 || off > 5 {
			t.Errorf("SO_RCVBUF %s: throughput is off window ÷ RTT by %v%%", row["rcvbuf"], off)
		}
	}
	window := numberIn(t, rows[1], "window_mean_bytes") / numberIn(t, rows[0], "window_mean_bytes")
	rtt := numberIn(t, rows[1], "rtt_mean_ns") / numberIn(t, rows[0], "rtt_mean_ns")
	rate := numberIn(t, rows[1], "throughput_kernel_bit_per_s") / numberIn(t, rows[0], "throughput_kernel_bit_per_s")
	if window < 3.5 || rate < 0.9*window/rtt || rate > 1.1*window/rtt {
		t.Errorf("%v times the window in %v times the round trip is %v times the throughput", window, rtt, rate)
	}
}

// sweepRows runs a sweep and returns its table and the rows of its CSV by column.
func sweepRows(t *testing.T, args ...string) (string, []map[string]string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sweep.csv")
	out, _ := inIsolation(t, 0, append(args, "-o", name)...)
	lines, err := csv.NewReader(bytes.NewReader(readFile(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	if len(rows) != 2 {
		t.Fatalf("%d runs, want 2:\n%s", len(rows), out)
	}
	return out, rows
}

func numberIn(t *testing.T, row map[string]string, column string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(row[column], 64)
	if err != nil {
		t.Fatalf("%s is %q: %v", column, row[column], row)
	}
	return v
}
