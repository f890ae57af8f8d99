//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/capturetest"
)

// hangGuard is how long an interrupted winwatch may take before the test calls it hung.
// It promises 2 s, but not on a machine that does not let it run.
const hangGuard = 20 * time.Second

// interrupt sends a signal, waits for the end, and returns the exit status.
func interrupt(t *testing.T, cmd *exec.Cmd, s os.Signal) (status int, took time.Duration) {
	t.Helper()
	start := time.Now()
	hung := time.AfterFunc(hangGuard, func() {
		t.Errorf("winwatch has not ended %v after %v", hangGuard, s)
		cmd.Process.Kill()
	})
	defer hung.Stop()
	cmd.Process.Signal(s)
	cmd.Wait() // the caller checks the status
	return cmd.ProcessState.ExitCode(), time.Since(start)
}

var stopSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// manyStreams writes a capture of many streams and returns its name.
func manyStreams(t *testing.T) string {
	t.Helper()
	n := 20_000
	if capturetest.Full() {
		n = 400_000
	}
	name := filepath.Join(t.TempDir(), "many.pcap")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	traffic := capturetest.Traffic{Packets: n * capturetest.MinPackets, Conns: n, Seed: 1}
	if err := errors.Join(traffic.WritePcap(f), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestInterruptedAnywhere interrupts the analysis of many streams with every output at
// moments spread over the whole run: reading, following, reading again for the charts,
// drawing and writing. Each time there is a report of what was seen, and each file is
// whole or not there. All are there, except for pictures if no points were kept to draw
// them from, and for files that a slow machine could not finish in time, which it says.
func TestInterruptedAnywhere(t *testing.T) {
	program, many := buildProgram(t), manyStreams(t)
	start := func(t *testing.T, dir string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
		cmd := exec.Command(program, "analyze", many)
		for _, o := range interruptedOutputs {
			cmd.Args = append(cmd.Args, "-o", filepath.Join(dir, o))
		}
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill() })
		return cmd, &out, &errs
	}
	begin := time.Now()
	cmd, _, errs := start(t, t.TempDir())
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	whole := time.Since(begin)
	const moments = 8
	for i := range moments {
		t.Run(fmt.Sprintf("%d of %d", i, moments), func(t *testing.T) {
			dir := t.TempDir()
			cmd, out, errs := start(t, dir)
			untilFiles(t, cmd, dir)
			time.Sleep(whole * time.Duration(i) / moments)
			status, took := interrupt(t, cmd, stopSignals[i%2])
			t.Logf("%v after the start, of %v: ended after %v", whole*time.Duration(i)/moments, whole, took)
			if strings.Contains(errs.String(), "before the first packet") && status == statusFailed {
				onlyFiles(t, dir)
				return
			}
			want, files := statusDone, interruptedOutputs
			if strings.Contains(errs.String(), "w.png was not written: png: ") { // there was nothing to draw it from yet
				want, files = statusFailed, files[:len(files)-2]
			}
			late := strings.Contains(errs.String(), "ended before everything was written") || strings.Contains(errs.String(), "too many events to list in time")
			if late {
				want, files = statusFailed, namesIn(t, dir)
				if extra := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return slices.Contains(interruptedOutputs, name) }); len(extra) > 0 {
					t.Errorf("left over: %q", extra)
				}
			}
			if status != want || !strings.Contains(out.String(), "Frames") {
				t.Errorf("status %d, want %d and a report:\n%s%s", status, want, out, errs)
			}
			onlyFiles(t, dir, files...)
			if !slices.Contains(files, "r.json") {
				return
			}
			if b := readFile(t, filepath.Join(dir, "r.json")); !json.Valid(b) {
				t.Error("the JSON report is not whole")
			}
		})
	}
}

// interruptedOutputs are in the order of a directory, the pictures last.
var interruptedOutputs = []string{"events.csv", "r.html", "r.json", "w.csv", "w.png", "w.svg"}

// TestInterruptedWaiting interrupts winwatch while it waits: for somebody who writes to a
// pipe, or for somebody who reads the report.
func TestInterruptedWaiting(t *testing.T) {
	many := manyStreams(t)
	data, err := filepath.Abs("../../analyze/testdata/seed-flood.pcap")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		args   []string
		unread bool                                  // nobody reads stdout
		write  func(t *testing.T, fifo string) error // to the named pipe FIFO, until the test ends
		status int
		said   string   // on stdout and stderr
		files  []string // of r.json
	}{
		{"pipe without a writer", []string{"FIFO"}, false, nil, statusFailed, "interrupted before the first packet", nil},
		{"one of two pipes without a writer", []string{data, "FIFO"}, false, nil, statusFailed, "interrupted before its first packet", []string{"r.json"}},
		{"each pipe without a writer", []string{"--each", "FIFO"}, false, nil, statusFailed, "interrupted before the first packet", nil},
		{"writer that goes on", []string{"FIFO"}, false, writeFlood, statusDone, "did not read", []string{"r.json"}},
		{"text that nobody reads", []string{data}, true, nil, statusFailed, "nobody reads the rest", []string{"r.json"}},
		{"CSV that nobody reads", []string{"--format=csv", many}, true, nil, statusFailed, "nobody reads the rest", []string{"r.json"}},
		{"JSON that nobody reads", []string{"--format=json", many}, true, nil, statusFailed, "nobody reads the rest", []string{"r.json"}},
		{"many reports that nobody reads", []string{"--each", data, data}, true, nil, statusFailed, "nobody reads the rest", nil},
	} {
		for _, s := range stopSignals {
			t.Run(tt.name+", "+s.String(), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				fifo := filepath.Join(t.TempDir(), "FIFO")
				if err := unix.Mkfifo(fifo, 0o600); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(buildProgram(t), "analyze")
				for _, a := range tt.args {
					cmd.Args = append(cmd.Args, strings.Replace(a, "FIFO", fifo, 1))
				}
				if tt.args[0] != "--each" {
					cmd.Args = append(cmd.Args, "-o", filepath.Join(dir, "r.json"))
				}
				var said bytes.Buffer
				cmd.Stdout, cmd.Stderr = &said, &said
				if tt.unread {
					r, w, err := os.Pipe()
					if err != nil {
						t.Fatal(err)
					}
					defer r.Close()
					defer w.Close()
					fillPipe(t, w)
					cmd.Stdout = w
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				defer cmd.Process.Kill()
				if tt.write != nil {
					if err := tt.write(t, fifo); err != nil {
						t.Fatal(err)
					}
				}
				untilWaiting(t, cmd)
				if status, _ := interrupt(t, cmd, s); status != tt.status || !strings.Contains(said.String(), tt.said) {
					t.Errorf("status %d, want %d and %q:\n%s", status, tt.status, tt.said, &said)
				}
				onlyFiles(t, dir, tt.files...)
			})
		}
	}
}

// writeFlood writes a capture to the pipe and keeps it open until the test ends.
func writeFlood(t *testing.T, fifo string) error {
	f, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	t.Cleanup(func() { f.Close() })
	_, err = io.Copy(f, bytes.NewReader(flood(t)))
	return err
}

// untilWaiting waits until the program has handled signals for a while and uses no
// processor time any more.
func untilWaiting(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	const quiet = 20 // looks in a row
	last, same := "", 0
	for start := time.Now(); same < quiet; time.Sleep(10 * time.Millisecond) {
		now := ticks(t, cmd.Process.Pid)
		if same++; now != last || !started(cmd.Process.Pid) {
			same = 0
		}
		if last = now; time.Since(start) > time.Minute {
			t.Fatal("winwatch does not wait")
		}
	}
}

// started reports whether the process is winwatch, and not the test that is starting it,
// and has confined itself: by then it handles signals.
func started(pid int) bool {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return bytes.Contains(b, []byte("NoNewPrivs:\t1\n"))
}

// ticks returns the processor time that a process has used.
func ticks(t *testing.T, pid int) string {
	t.Helper()
	fields := strings.Fields(string(readFile(t, fmt.Sprintf("/proc/%d/stat", pid))))
	return strings.Join(fields[13:15], " ")
}
