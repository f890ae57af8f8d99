//go:build linux

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDiskFull: a file that can't be written whole is not written at all, and
// takes neither the report nor the other files with it.
func TestDiskFull(t *testing.T) {
	full := fullDisk(t)
	data, err := filepath.Abs("../../analyze/testdata/lab/network-limited-loss/capture.pcap")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"analyze", "run"} {
		t.Run(command, func(t *testing.T) {
			dir := t.TempDir()
			args := []string{"analyze", data}
			lost := "w.csv"
			if command == "run" {
				needLive(t)
				args, lost = []string{"run", "--isolate", "--hold=300ms"}, "lost.pcap"
			}
			cmd := program(append(args, "-o", filepath.Join(full, lost), "-o", filepath.Join(dir, "r.json"))...)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			cmd.Run() // its status is looked at below
			if got := cmd.ProcessState.ExitCode(); got != statusFailed {
				t.Errorf("exit status %d, want %d", got, statusFailed)
			}
			if want := lost + " was not written: no space left on device"; !strings.Contains(errs.String(), want) {
				t.Errorf("stderr %q does not say %q", &errs, want)
			}
			if !strings.Contains(out.String(), "Frames") {
				t.Errorf("the report is not whole:\n%s", &out)
			}
			onlyFiles(t, dir, "r.json")
			onlyFiles(t, full, "filler")
		})
	}
}

// fullDisk returns a directory on a disk that is full.
func fullDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("winwatch", dir, "tmpfs", 0, "size=4k"); err != nil {
		if os.Getenv("WINWATCH_REQUIRE_LIVE") != "" {
			t.Fatalf("mount a small disk: %v", err)
		}
		t.Skipf("mount a small disk: %v: run the tests as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestStdoutFull: what can't be written to stdout is an error too.
func TestStdoutFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	const analyze = "analyze ../../analyze/testdata/seed-flood.pcap --format="
	for _, line := range []string{analyze + "text", analyze + "csv", analyze + "json",
		"--help", "help run", "version", "schema", "completion bash", "completion zsh", "completion fish", "run --list"} {
		cmd := program(strings.Fields(line)...)
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &errs
		cmd.Run() // its status is looked at below
		if got := cmd.ProcessState.ExitCode(); got != statusFailed || !strings.Contains(errs.String(), "no space left on device") {
			t.Errorf("%s: exit status %d, want %d; stderr %q", line, got, statusFailed, &errs)
		}
	}
}

// TestRunTerminated: the first SIGINT, SIGTERM or SIGHUP ends the experiment with a
// report; the second ends the program at once. Neither leaves a part of a file.
func TestRunTerminated(t *testing.T) {
	needLive(t)
	for _, tt := range []struct {
		name   string
		first  os.Signal
		second os.Signal
		want   string
	}{
		{"SIGTERM", syscall.SIGTERM, nil, "nothing is judged: the experiment was cut short"},
		{"SIGHUP", syscall.SIGHUP, nil, "nothing is judged: the experiment was cut short"},
		{"SIGINT and SIGTERM", os.Interrupt, syscall.SIGTERM, ""},
		{"SIGINT twice", os.Interrupt, os.Interrupt, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := program("run", "--port=0", "--hold=1m", "-v", "-o", filepath.Join(dir, "w.csv"))
			var out bytes.Buffer
			cmd.Stdout = &out
			errs, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			for lines := bufio.NewScanner(errs); lines.Scan(); {
				if strings.Contains(lines.Text(), "send() blocked after") {
					cmd.Process.Signal(tt.first)
					if tt.second != nil {
						time.Sleep(impatience + impatience/5)
						cmd.Process.Signal(tt.second)
					}
				}
			}
			cmd.Wait() // its status is looked at below
			if got := cmd.ProcessState.ExitCode(); got != statusFailed {
				t.Errorf("exit status %d, want %d", got, statusFailed)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("the report does not say %q:\n%s", tt.want, &out)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) > 1 || len(entries) == 1 && entries[0].Name() != "w.csv" {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
}

// TestStdinInterrupted: Ctrl-C is for the program at the other end of the pipe;
// whoever is impatient says it twice.
func TestStdinInterrupted(t *testing.T) {
	for _, twice := range []bool{false, true} {
		dir := t.TempDir()
		cmd := program("analyze", "-", "-q", "-o", filepath.Join(dir, "w.csv"))
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Process.Kill()
		if _, err := in.Write(flood(t)); err != nil {
			t.Fatal(err)
		}
		untilFiles(t, dir)
		if twice {
			insist(cmd, os.Interrupt)
			if got := cmd.ProcessState.ExitCode(); got != statusFailed {
				t.Errorf("twice: exit status %d, want %d", got, statusFailed)
			}
			onlyFiles(t, dir)
			continue
		}
		cmd.Process.Signal(os.Interrupt)
		in.Close()
		cmd.Wait() // its status is looked at below
		if got := cmd.ProcessState.ExitCode(); got != statusDone {
			t.Errorf("exit status %d, want %d", got, statusDone)
		}
		onlyFiles(t, dir, "w.csv")
	}
}

// insist sends a signal until the program has ended: on a slow machine the second
// may be taken for an echo of the first.
func insist(cmd *exec.Cmd, s os.Signal) {
	ended := make(chan struct{})
	go func() {
		cmd.Wait() // its status is for the caller to look at
		close(ended)
	}()
	for {
		cmd.Process.Signal(s)
		select {
		case <-ended:
			return
		case <-time.After(impatience / 5):
		}
	}
}
