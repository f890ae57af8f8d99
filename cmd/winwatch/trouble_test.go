//go:build linux

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestDiskFull: a file that can't be written completely is not written at all. The
// report and the other files are still written.
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
			cmd.Run() // the status is checked below
			if got := cmd.ProcessState.ExitCode(); got != statusFailed {
				t.Errorf("exit status %d, want %d", got, statusFailed)
			}
			if want := lost + " was not written: no space left on device"; !strings.Contains(errs.String(), want) {
				t.Errorf("stderr %q, want %q in it", &errs, want)
			}
			if !strings.Contains(out.String(), "Frames") {
				t.Errorf("the report is incomplete:\n%s", &out)
			}
			onlyFiles(t, dir, "r.json")
			onlyFiles(t, full, "filler")
		})
	}
}

// fullDisk returns a directory on a full disk.
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

// TestStdoutFull: failing to write to stdout is an error, too.
func TestStdoutFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	const analyze = "analyze ../../analyze/testdata/seed-flood.pcap --format="
	for _, line := range []string{analyze + "text", analyze + "csv", analyze + "json",
		"--help", "help run", "version", "schema", "completion bash", "completion zsh", "completion fish", "run --list"} {
		cmd := plainProgram(t, strings.Fields(line)...)
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &errs
		cmd.Run() // the status is checked below
		if got := cmd.ProcessState.ExitCode(); got != statusFailed || !strings.Contains(errs.String(), "no space left on device") {
			t.Errorf("%s: exit status %d, want %d; stderr %q", line, got, statusFailed, &errs)
		}
	}
}

// TestRunTerminated: SIGTERM or SIGHUP ends the experiment with a report, and no
// partial file remains.
func TestRunTerminated(t *testing.T) {
	hearHangUp(t)
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			var out bytes.Buffer
			cmd := blockedRun(t, dir, &out)
			cmd.Process.Signal(signal)
			cmd.Wait() // the status is checked below
			if got := cmd.ProcessState.ExitCode(); got != statusFailed {
				t.Errorf("exit status %d, want %d", got, statusFailed)
			}
			if want := "nothing is compared: the experiment was cut short"; !strings.Contains(out.String(), want) {
				t.Errorf("the report lacks %q:\n%s", want, &out)
			}
			onlyFiles(t, dir, "w.csv")
		})
	}
}

// TestRunTerminatedTwice: the second signal ends the program at once, even if nothing
// reads the report.
func TestRunTerminatedTwice(t *testing.T) {
	for _, second := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(second.String(), func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			defer w.Close()
			fillPipe(t, w)
			dir := t.TempDir()
			cmd := blockedRun(t, dir, w)
			cmd.Process.Signal(os.Interrupt)
			insist(cmd, second)
			if got := cmd.ProcessState.ExitCode(); got != statusFailed {
				t.Errorf("exit status %d, want %d", got, statusFailed)
			}
			if _, err := os.Stat(filepath.Join(dir, "w.csv")); err != nil { // it may just have been finished
				onlyFiles(t, dir)
			} else {
				onlyFiles(t, dir, "w.csv")
			}
		})
	}
}

// blockedRun starts an experiment that writes w.csv, and returns when send() blocks.
func blockedRun(t *testing.T, dir string, stdout io.Writer) *exec.Cmd {
	t.Helper()
	needLive(t)
	cmd := program("run", "--port=0", "--hold=1m", "-v", "-o", filepath.Join(dir, "w.csv"))
	cmd.Stdout = stdout
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	for lines := bufio.NewScanner(errs); lines.Scan(); {
		if strings.Contains(lines.Text(), "send() blocked after") {
			return cmd
		}
	}
	t.Fatal("the experiment ended before send() blocked")
	return nil
}

// fillPipe writes to a pipe until it is full.
func fillPipe(t *testing.T, w *os.File) {
	t.Helper()
	c, err := w.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var full error
	c.Control(func(fd uintptr) {
		for full == nil {
			_, full = unix.Write(int(fd), make([]byte, 4096))
		}
	})
	if full != unix.EAGAIN {
		t.Fatal(full)
	}
}

// TestStdinInterrupted: after Ctrl-C winwatch waits for the program at the other end
// of the pipe. After a second Ctrl-C it exits at once.
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
		untilFiles(t, cmd, dir)
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
		cmd.Wait() // the status is checked below
		if got := cmd.ProcessState.ExitCode(); got != statusDone {
			t.Errorf("exit status %d, want %d", got, statusDone)
		}
		onlyFiles(t, dir, "w.csv")
	}
}

// insist sends a signal repeatedly until the program has ended: on a slow machine the
// program may mistake the second signal for an echo of the first. It kills the program
// after a minute.
func insist(cmd *exec.Cmd, s os.Signal) {
	ended := make(chan struct{})
	go func() {
		cmd.Wait() // the caller checks the status
		close(ended)
	}()
	timeout := time.After(time.Minute)
	for {
		cmd.Process.Signal(s)
		select {
		case <-ended:
			return
		case <-timeout:
			cmd.Process.Kill()
		case <-time.After(impatience / 5):
		}
	}
}
