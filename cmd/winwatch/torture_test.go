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
)

// What no input may make winwatch use. The processor's time is what hangs are
// judged by, as the tests may run on a busy machine; the other limit is for those
// that wait for something.
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

// peak is the most memory that this process has taken, in KiB: it counts as that
// of the processes that it starts (getrusage(2)). Under the race detector it is
// much.
func peak(t *testing.T) (kib int64) {
	t.Helper()
	_, after, _ := strings.Cut(string(readFile(t, "/proc/self/status")), "VmHWM:")
	if _, err := fmt.Sscan(after, &kib); err != nil {
		t.Fatal(err)
	}
	return kib
}

// files analyzes files that are made one after the other.
func (t *torture) files(files iter.Seq2[string, []byte]) {
	t.parallel(func(next func(path string, temporary bool)) {
		for name, data := range files {
			next(t.write(name, data), true)
		}
	})
}

// paths analyzes files that are there.
func (t *torture) paths(paths iter.Seq[string]) {
	t.parallel(func(next func(path string, temporary bool)) {
		for path := range paths {
			next(path, false)
		}
	})
}

// parallel analyzes what produce hands over on all processors. Of temporary files
// only those are kept that did harm.
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
					t.Logf("kept as %s: %v", kept, exec.Command("cp", f.path, kept).Run())
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

// analyze analyzes one file in every format, and reports whether all was well.
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
			t.Errorf("%s is not told of", p)
		}
	}
}

// run runs winwatch, and reports whether it stayed within its limits and ended
// as documented. It must not panic, whose exit status would be that of wrong usage.
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
	t.book(what, status, cpu, rss)
	var wrong []string
	if status != statusDone && status != statusFailed && status != statusDamaged {
		wrong = append(wrong, cmd.ProcessState.String())
	}
	if at := bytes.IndexFunc(slices.Concat(out, errs), steers); at >= 0 {
		wrong = append(wrong, fmt.Sprintf("byte %d of what it prints steers a terminal", at))
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

// keep keeps the beginning of what is written to it. More would count as the
// memory of the processes that are started later (getrusage(2)).
type keep []byte

const keepMost = 1 << 20

func (k *keep) Write(p []byte) (int, error) {
	*k = append(*k, p[:min(len(p), keepMost-len(*k))]...)
	return len(p), nil
}

func (t *torture) book(what string, status int, cpu time.Duration, rss int64) {
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

// plausible checks a JSON report, or the error in its place: that nothing is
// hidden, every frame is accounted for. Of a long report it sees the beginning,
// which is what all streams have in common.
func plausible(stdout, stderr []byte, status int) error {
	if len(stdout) == 0 {
		if status == statusDone || !bytes.HasPrefix(stderr, []byte("winwatch: ")) {
			return fmt.Errorf("no report, and this for an error: %q", head(stderr))
		}
		return nil
	}
	if len(stdout) < keepMost && !json.Valid(stdout) {
		return errors.New("the report is no JSON")
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
	// Some number a stream and are no traffic; a segment may be so for two reasons.
	least, most := summary.Segments, summary.Segments
	for _, n := range input.Notes {
		if n.Note == capture.QuotedInICMP.String() || n.Note == capture.BadHeaderLength.String() {
			least, most = max(least, summary.Segments+n.Count), most+n.Count
		}
	}
	if sum != input.Frames || input.Segments < least || input.Segments > most {
		return fmt.Errorf("%d frames, %d segments, with those that were skipped %d; %d to %d analyzed or told of",
			input.Frames, input.Segments, sum, least, most)
	}
	return nil
}

// member reads a member of a JSON object, which may be cut off behind it.
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
