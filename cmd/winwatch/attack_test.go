//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"winwatch/capture/capturetest"
)

func TestAttacks(t *testing.T) {
	program := buildProgram(t)
	t.Run("cost", func(t *testing.T) { attackCosts(newTorture(t, program)) })
	t.Run("reported", func(t *testing.T) { attackIsReported(newTorture(t, program)) })
	t.Run("window", func(t *testing.T) { attackWindow(newTorture(t, program)) })
}

// attackWindow needs all memory at once: that of the streams, of the largest window that a
// zstd file may have, and of the charts.
func attackWindow(t *torture) {
	if !capturetest.Full() {
		t.Skip("a smaller capture does not fill the window")
	}
	const packets = 3_000_000 // 168 MB, all of them new streams
	path := filepath.Join(t.dir, "window.pcap.zst")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(f, zstd.WithWindowSize(128<<20), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(capturetest.SYNFlood.Write(z, packets), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // see peak
		t.Log(err)
	}
	args := []string{"analyze", path, "-q"}
	for _, o := range []string{"events.csv", "r.html", "w.png"} {
		args = append(args, "-o", filepath.Join(t.dir, o))
	}
	cmd := exec.Command(t.program, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, head(out))
	}
	rss := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	t.Logf("%d MiB", rss>>10)
	if rss > max(tortureRSS, peak(t.T)) {
		t.Errorf("it took %d MiB", rss>>10)
	}
}

// attackCosts analyzes each attack and prints its cost in time and memory.
// WINWATCH_ATTACK_PACKETS is the number of packets; a tenth of it is measured first,
// to show that the time per packet stays flat. The test fails only on memory: the steps
// that the time goes into are counted in package analyze.
func attackCosts(t *torture) {
	n, args := uint64(50_000), []string{"--max-streams=20000"}
	if capturetest.Full() {
		n = 200_000
	}
	if s := os.Getenv("WINWATCH_ATTACK_PACKETS"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 32); err != nil {
			t.Fatalf("WINWATCH_ATTACK_PACKETS: %v", err)
		}
		args = nil
	}
	fmt.Printf("| attack | packets | ns per packet | peak memory, MiB | streams evicted |\n|---|---:|---:|---:|---:|\n")
	for _, a := range capturetest.Attacks {
		for _, packets := range []uint64{n / 10, n} {
			out, usage := t.attack(a, packets, args...)
			t.cost(a.Name, packets, out, usage)
		}
	}
	for _, packets := range []uint64{n / 10, n} {
		out, usage := t.attackPage(capturetest.WaitsOnReusedPorts, packets, args...)
		t.cost("the same, repeated, with a page", packets, out, usage)
	}
}

// cost prints what an attack cost.
func (t *torture) cost(name string, packets uint64, out []byte, usage *syscall.Rusage) {
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	evicted := "0"
	if m := streamsEvicted.FindSubmatch(out); m != nil {
		evicted = string(m[1])
	}
	fmt.Printf("| %s | %d | %d | %d | %s |\n", name, packets, cpu/time.Duration(packets), usage.Maxrss>>10, evicted)
	if usage.Maxrss > max(tortureRSS, peak(t.T)) {
		t.Errorf("%s: %d packets took %d MiB", name, packets, usage.Maxrss>>10)
	}
}

var streamsEvicted = regexp.MustCompile(`([0-9,]+)\s+streams?\s+evicted`)

// attackIsReported: every stream is in the report or counted as evicted.
func attackIsReported(t *torture) {
	const packets, most = 5000, 100
	out, _ := t.attack(capturetest.SYNFlood, packets, "--format=json", "--max-streams="+strconv.Itoa(most))
	var r struct {
		Input   struct{ Frames, Segments int }
		Summary struct{ Streams, Segments int }
		Retired struct{ Streams, Segments int }
		Streams []struct{}
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	if r.Input.Frames != packets || r.Input.Segments != packets || r.Summary.Segments != packets || r.Summary.Streams != packets {
		t.Errorf("%d packets: %+v, %+v", packets, r.Input, r.Summary)
	}
	if want := packets - most; r.Retired.Streams != want || r.Retired.Segments != want || len(r.Streams) != most {
		t.Errorf("evicted: %+v, want %d; %d streams in the report, want %d", r.Retired, want, len(r.Streams), most)
	}
}

// attack runs winwatch on an attack. It returns the output and the resources used.
func (t *torture) attack(a capturetest.Attack, packets uint64, args ...string) ([]byte, *syscall.Rusage) {
	t.Helper()
	r, w := io.Pipe()
	defer r.Close()
	go func() { w.CloseWithError(a.Write(w, uint32(packets))) }()
	cmd := exec.Command(t.program, append([]string{"analyze", "-"}, args...)...)
	cmd.Stdin = r
	return t.measure(cmd)
}

// attackPage writes a page about a capture of an attack that repeats, for which winwatch
// reads it twice. The clock goes back at each repetition.
func (t *torture) attackPage(a capturetest.Attack, packets uint64, args ...string) ([]byte, *syscall.Rusage) {
	t.Helper()
	const times = 5
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	cmd := exec.Command(t.program, append([]string{"analyze", "-o", page}, args...)...)
	for i := range times {
		name := filepath.Join(dir, strconv.Itoa(i)+".pcap")
		cmd.Args = append(cmd.Args, name)
		if i > 0 {
			if err := os.Link(filepath.Join(dir, "0.pcap"), name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(a.Write(f, uint32(packets/times)), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return t.measure(cmd)
}

// measure runs a command. It returns its output and the resources used.
func (t *torture) measure(cmd *exec.Cmd) ([]byte, *syscall.Rusage) {
	t.Helper()
	var out, errs keep
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, errs)
	}
	return out, cmd.ProcessState.SysUsage().(*syscall.Rusage)
}
