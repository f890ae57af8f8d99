//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/capturetest"
)

// TestStdinStopped: a signal stops reading from a pipe whose writer continues, and
// the report covers what was read. After Ctrl-C the writer gets some time to end.
func TestStdinStopped(t *testing.T) {
	capture := flood(t)
	report := []string{"did not read", "reading stopped early"}
	csv := []string{"w.csv"}
	write := func(b []byte) func(io.Writer) error {
		return func(w io.Writer) error { _, err := w.Write(b); return err }
	}
	// Enough packets for the chart to come from a sketch.
	many := capturetest.Traffic{Packets: 200_000, Conns: 2000, Seed: 1}
	hearHangUp(t)
	for _, tt := range []struct {
		name   string
		signal os.Signal
		input  func(io.Writer) error
		after  time.Duration // minimum time between signal and exit
		status int
		stdout []string
		stderr string
		files  []string
	}{
		{"SIGTERM", syscall.SIGTERM, write(capture), 0, statusDone, report, "", csv},
		{"SIGTERM after many packets", syscall.SIGTERM, many.WritePcap, 0, statusDone, append(report, "⠉ window that"), "", csv},
		{"SIGTERM within a packet", syscall.SIGTERM, write(capture[:len(capture)-10]), 0, statusDone, report, "", csv},
		{"SIGTERM before the first packet", syscall.SIGTERM, write(nil), 0, statusFailed, nil, "interrupted before the first packet", nil},
		{"SIGHUP", syscall.SIGHUP, write(capture), 0, statusDone, report, "", csv},
		{"SIGINT", os.Interrupt, write(capture), pipeGrace, statusDone, report, "", csv},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cmd := program("analyze", "-", "-o", filepath.Join(dir, "w.csv"))
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			defer w.Close()
			var out, errs bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = r, &out, &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			if err := tt.input(w); err != nil {
				t.Fatal(err)
			}
			untilFiles(t, cmd, dir)
			untilRead(t, r)
			start := time.Now()
			cmd.Process.Signal(tt.signal)
			stuck := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			defer stuck.Stop()
			cmd.Wait() // the status is checked below
			if took := time.Since(start); took < tt.after {
				t.Errorf("exit after %v, want at least %v", took, tt.after)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.status || lacks(out.String(), tt.stdout) != "" || !strings.Contains(errs.String(), tt.stderr) {
				t.Errorf("exit status %d, want %d; stdout, want %q in it:\n%s\nstderr, want %q in it:\n%s",
					got, tt.status, tt.stdout, &out, tt.stderr, &errs)
			}
			onlyFiles(t, dir, tt.files...)
		})
	}
}

// hearHangUp makes programs started by the test receive SIGHUP even if the tests run
// under nohup: child processes don't ignore a signal that this process handles.
func hearHangUp(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(c) })
}

// untilFiles waits until the program has created a file in the directory, with or
// without a name. By then it handles signals.
func untilFiles(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(time.Millisecond) {
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", cmd.Process.Pid))
		if err != nil || len(links) == 0 {
			t.Fatalf("winwatch has ended: %v", err)
		}
		for _, link := range links {
			if file, _ := os.Readlink(link); strings.HasPrefix(file, dir+"/") {
				return
			}
		}
	}
	t.Fatalf("winwatch creates no file in %s", dir)
}

// untilRead waits until the pipe is empty.
func untilRead(t *testing.T, pipe *os.File) {
	t.Helper()
	for {
		if n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ); err != nil || n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
