//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"winwatch/capture"
	"winwatch/capture/capturetest"
	"winwatch/report/json/jsontest"
)

// Limits that no input may exceed. Processor time detects endless loops even on a busy
// machine; tortureWait, in real time, detects waits that never end.
const (
	tortureCPU  = 10 * time.Second
	tortureWait = 2 * time.Minute
	tortureRSS  = 512 << 10 // KiB
)

// TestTorture analyzes hostile files: a sample of them, or all in a full run.
func TestTorture(t *testing.T) {
	program := buildProgram(t)
	t.Run("nasty", func(t *testing.T) { newTorture(t, program).files(capturetest.NastySample(8)) })
	t.Run("truncated", func(t *testing.T) { tortureTruncated(newTorture(t, program)) })
	t.Run("directory", func(t *testing.T) { tortureDirectory(newTorture(t, program)) })
	t.Run("mutants", func(t *testing.T) { tortureMutants(newTorture(t, program)) })
}

// tortureTruncated analyzes files that are cut off at every byte.
func tortureTruncated(t *torture) {
	var names []string
	for name, data := range capturetest.Truncations() {
		names = append(names, t.write(name, data))
	}
	t.each(names)
}

// tortureDirectory analyzes every file below WINWATCH_TORTURE_DIR.
func tortureDirectory(t *torture) {
	dir := os.Getenv("WINWATCH_TORTURE_DIR")
	if dir == "" {
		t.Skip("WINWATCH_TORTURE_DIR is not set: make torture DIR=...")
	}
	t.paths(func(yield func(string) bool) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !yield(path) {
				return filepath.SkipAll
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// tortureMutants analyzes damaged copies of real captures, always the same ones.
// WINWATCH_TORTURE_MUTANTS sets how many.
func tortureMutants(t *torture) {
	n := 10
	if capturetest.Full() {
		n = 400
	}
	if s := os.Getenv("WINWATCH_TORTURE_MUTANTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatalf("WINWATCH_TORTURE_MUTANTS: %v", err)
		}
	}
	originals := readOriginals(t.T)
	t.files(func(yield func(string, []byte) bool) {
		for i := range n {
			if !yield(mutant(originals, uint64(i))) {
				return
			}
		}
	})
}

// A torture runs winwatch on one file after another.
type torture struct {
	*testing.T
	program, dir string

	mu       sync.Mutex
	statuses [4]int
	worst    struct {
		cpu, rss         int64
		cpuFile, rssFile string
	}
}

func newTorture(t *testing.T, program string) *torture {
	t.Helper()
	debug.FreeOSMemory() // see peak
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Log(err)
	}
	tt := &torture{T: t, program: program, dir: t.TempDir()}
	t.Cleanup(func() {
		if tt.worst.cpuFile == "" {
			return
		}
		t.Logf("statuses 0 to 3: %v; most time: %v, %s; most memory: %d MiB, %s", tt.statuses,
			time.Duration(tt.worst.cpu), tt.worst.cpuFile, tt.worst.rss>>10, tt.worst.rssFile)
	})
	return tt
}

// peak returns the peak memory of this process in KiB. It is a lower bound on the peak
// that getrusage(2) reports for the processes it starts, and high under the race
// detector.
func peak(t *testing.T) (kib int64) {
	t.Helper()
	_, after, _ := strings.Cut(string(readFile(t, "/proc/self/status")), "VmHWM:")
	if _, err := fmt.Sscan(after, &kib); err != nil {
		t.Fatal(err)
	}
	return kib
}

// files analyzes generated files.
func (t *torture) files(files iter.Seq2[string, []byte]) {
	t.parallel(func(next func(path string, temporary bool)) {
		for name, data := range files {
			next(t.write(name, data), true)
		}
	})
}

// paths analyzes existing files.
func (t *torture) paths(paths iter.Seq[string]) {
	t.parallel(func(next func(path string, temporary bool)) {
		for path := range paths {
			next(path, false)
		}
	})
}

// parallel analyzes the files that produce passes to next, on all processors. It deletes
// temporary files after saving a copy of those that made winwatch fail.
func (t *torture) parallel(produce func(next func(path string, temporary bool))) {
	type file struct {
		path      string
		temporary bool
	}
	todo := make(chan file)
	var done sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for f := range todo {
				ok := t.analyze(f.path, worker)
				if f.temporary && !ok {
					kept := filepath.Join(os.TempDir(), "winwatch-torture-"+filepath.Base(f.path))
					t.Logf("saved as %s: %v", kept, exec.Command("cp", f.path, kept).Run())
				}
				if f.temporary {
					os.Remove(f.path)
				}
			}
		})
	}
	produce(func(path string, temporary bool) { todo <- file{path, temporary} })
	close(todo)
	done.Wait()
}

func (t *torture) write(name string, data []byte) string {
	path := filepath.Join(t.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// analyze analyzes one file in every format and reports whether winwatch passed.
func (t *torture) analyze(path string, worker int) bool {
	out := filepath.Join(t.dir, fmt.Sprintf("worker%d", worker))
	stdout, stderr, status, ok := t.run(path, "analyze", path, "--format=json",
		"-o", out+".csv", "-o", out+".events.csv", "-o", out+".html", "-o", out+".svg")
	if !ok {
		return false
	}
	if err := plausible(stdout, stderr, status); err != nil {
		t.Errorf("%s: status %d: %v", path, status, err)
		return false
	}
	bomb := strings.HasPrefix(filepath.Base(path), "bomb-")
	if bomb && (status != statusDamaged || !bytes.Contains(slices.Concat(stdout, stderr), []byte(capture.ErrBomb.Error()))) {
		t.Errorf("%s: status %d; the report does not call it a bomb: %s", path, status, head(stderr))
		return false
	}
	_, _, _, ok = t.run(path, "analyze", path, "-v")
	return ok
}

// each analyzes many files in one process.
func (t *torture) each(paths []string) {
	stdout, _, _, ok := t.run("all", append([]string{"analyze", "--each", "-q"}, paths...)...)
	for _, p := range paths {
		if ok && !bytes.Contains(stdout, []byte(p)) {
			t.Errorf("%s is missing from the report", p)
		}
	}
}

// run runs winwatch and reports whether it stayed within its limits and exited with a
// documented status. Status 2, wrong usage, fails too: it is also the status of a panic.
func (t *torture) run(what string, args ...string) (stdout, stderr []byte, status int, ok bool) {
	ctx, cancel := context.WithTimeout(t.Context(), tortureWait)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.program, args...)
	var out, errs keep
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Errorf("%s: %v", what, err)
		return nil, nil, 0, false
	}
	status = cmd.ProcessState.ExitCode()
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	rss := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	t.record(what, status, cpu, rss)
	var wrong []string
	if status != statusDone && status != statusFailed && status != statusDamaged {
		wrong = append(wrong, cmd.ProcessState.String())
	}
	if at := bytes.IndexFunc(slices.Concat(out, errs), steers); at >= 0 {
		wrong = append(wrong, fmt.Sprintf("byte %d of the output controls a terminal", at))
	}
	if cpu > tortureCPU {
		wrong = append(wrong, fmt.Sprintf("it took %v of processor time", cpu))
	}
	if rss > max(tortureRSS, peak(t.T)) {
		wrong = append(wrong, fmt.Sprintf("it took %d MiB", rss>>10))
	}
	if len(wrong) > 0 {
		t.Errorf("%s: winwatch %s: %s\n%s", what, strings.Join(args[:1], " "), strings.Join(wrong, "; "), head(errs))
	}
	return out, errs, status, len(wrong) == 0
}

// keep keeps the beginning of what is written to it. More would raise the peak memory
// of this process, and with it that of the processes it starts (see peak).
type keep []byte

const keepBytes = 1 << 20

func (k *keep) Write(p []byte) (int, error) {
	*k = append(*k, p[:min(len(p), keepBytes-len(*k))]...)
	return len(p), nil
}

// record updates the statistics of all runs.
func (t *torture) record(what string, status int, cpu time.Duration, rss int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if 0 <= status && status < len(t.statuses) {
		t.statuses[status]++
	}
	if int64(cpu) > t.worst.cpu {
		t.worst.cpu, t.worst.cpuFile = int64(cpu), filepath.Base(what)
	}
	if rss > t.worst.rss {
		t.worst.rss, t.worst.rssFile = rss, filepath.Base(what)
	}
}

// plausible checks that a JSON report accounts for every frame, or that a failure took
// the place of the report. It sees only the beginning of a long report, which precedes
// the streams.
func plausible(stdout, stderr []byte, status int) error {
	if len(stdout) == 0 {
		if status != statusFailed || !bytes.HasPrefix(stderr, []byte("winwatch: ")) {
			return fmt.Errorf("no report, and stderr is %q", head(stderr))
		}
		return nil
	}
	if len(stdout) < keepBytes {
		if err := jsontest.Check(stdout); err != nil {
			return err
		}
	}
	var input struct {
		Frames, Segments uint64
		Skipped          []struct{ Count uint64 }
		Notes            []struct {
			Note  string
			Count uint64
		}
	}
	var summary struct{ Segments uint64 }
	if err := errors.Join(member(stdout, "input", &input), member(stdout, "summary", &summary)); err != nil {
		return err
	}
	sum := input.Segments
	for _, s := range input.Skipped {
		sum += s.Count
	}
	// Segments with these notes may only give a stream its number and are not analyzed. A
	// segment can have both notes.
	least, most := summary.Segments, summary.Segments
	for _, n := range input.Notes {
		if n.Note == capture.QuotedInICMP.String() || n.Note == capture.BadHeaderLength.String() {
			least, most = max(least, summary.Segments+n.Count), most+n.Count
		}
	}
	if sum != input.Frames || input.Segments < least || input.Segments > most {
		return fmt.Errorf("%d frames, %d segments, %d with the skipped frames; %d to %d segments analyzed or noted",
			input.Frames, input.Segments, sum, least, most)
	}
	return nil
}

// member reads a member of a JSON object, which may be truncated after it.
func member(object []byte, name string, into any) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == name {
			return d.Decode(into)
		}
		var other json.RawMessage
		if err := d.Decode(&other); err != nil {
			return err
		}
	}
	return fmt.Errorf("the report has no %q", name)
}

func head(b []byte) []byte { return b[:min(len(b), 2000)] }
