//go:build linux

package main

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/capturetest"
)

// TestStdinStopped: a signal ends the reading of a pipe whose writer goes on, and
// what was seen is reported. Ctrl-C leaves the writer some time to end.
func TestStdinStopped(t *testing.T) {
	capture := flood(t)
	report := []string{"did not read", "the reading was interrupted"}
	csv := []string{"w.csv"}
	write := func(b []byte) func(io.Writer) error {
		return func(w io.Writer) error { _, err := w.Write(b); return err }
	}
	// So many that what is drawn was sketched.
	many := capturetest.Traffic{Packets: 200_000, Conns: 2000, Seed: 1}
	hearHangUp(t)
	for _, tt := range []struct {
		name   string
		signal os.Signal
		input  func(io.Writer) error
		after  time.Duration // how long it goes on at least
		status int
		stdout []string
		stderr string
		files  []string
	}{
		{"SIGTERM", syscall.SIGTERM, write(capture), 0, statusDone, report, "", csv},
		{"SIGTERM after many packets", syscall.SIGTERM, many.WritePcap, 0, statusDone, append(report, "⠉ window that"), "", csv},
		{"SIGTERM in mid-packet", syscall.SIGTERM, write(capture[:len(capture)-10]), 0, statusDone, report, "", csv},
		{"SIGTERM before the first packet", syscall.SIGTERM, write(nil), 0, statusFailed, nil, "interrupted before there was a packet", nil},
		{"SIGHUP", syscall.SIGHUP, write(capture), 0, statusDone, report, "", csv},
		{"SIGINT", os.Interrupt, write(capture), stdinGrace, statusDone, report, "", csv},
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
			untilFiles(t, dir)
			untilRead(t, r)
			start := time.Now()
			cmd.Process.Signal(tt.signal)
			stuck := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			defer stuck.Stop()
			cmd.Wait() // its status is looked at below
			if took := time.Since(start); took < tt.after {
				t.Errorf("it went on for %v, want %v at least", took, tt.after)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.status || lacks(out.String(), tt.stdout) != "" || !strings.Contains(errs.String(), tt.stderr) {
				t.Errorf("exit status %d, want %d; stdout, which should say %q:\n%s\nstderr, which should say %q:\n%s",
					got, tt.status, tt.stdout, &out, tt.stderr, &errs)
			}
			onlyFiles(t, dir, tt.files...)
		})
	}
}

// hearHangUp has the programs that the test starts hear SIGHUP, though the tests
// were started by nohup: what this process handles is not ignored by others.
func hearHangUp(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(c) })
}

// untilFiles waits until the program has created a file: it listens to signals
// before it does.
func untilFiles(t *testing.T, dir string) {
	t.Helper()
	for {
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// untilRead waits until nothing is left in the pipe.
func untilRead(t *testing.T, pipe *os.File) {
	t.Helper()
	for {
		if n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ); err != nil || n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
