//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNohup: winwatch keeps ignoring SIGHUP if it was started with SIGHUP ignored.
func TestNohup(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	winwatch := filepath.Join(t.TempDir(), "winwatch")
	if err := os.Symlink(self, winwatch); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command("sh", "-c", `trap "" HUP && exec "$0" "$@"`, winwatch, "analyze", "-", "-o", filepath.Join(dir, "w.csv"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	untilFiles(t, cmd, dir)
	if !ignores(cmd.Process.Pid, syscall.SIGHUP) {
		t.Error("SIGHUP is not ignored")
	}
}

// TestRenamerIgnoresSignals: the renamer continues until the process it serves has
// ended, even if both get a signal.
func TestRenamerIgnoresSignals(t *testing.T) {
	cmd := program("analyze", "-", "-o", filepath.Join(asRoot(t), "w.csv"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	if _, err := in.Write(flood(t)); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for !ignores(child(t, cmd.Process.Pid), s) { // the renamer may still be starting
			if time.Since(start) > 10*time.Second {
				t.Fatalf("the renamer does not ignore %v", s)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// TestKilled: a process that is killed leaves no file behind, with and without a renamer.
func TestKilled(t *testing.T) {
	for _, name := range []string{"root", "user"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o777)); err != nil {
				t.Fatal(err)
			}
			cmd := program("analyze", "-", "-o", filepath.Join(dir, "w.csv"), "-o", filepath.Join(dir, "r.json"))
			if name == "user" {
				asOrdinaryUser(t, cmd)
			}
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if _, err := in.Write(flood(t)); err != nil {
				t.Fatal(err)
			}
			untilFiles(t, cmd, dir)
			cmd.Process.Kill()
			cmd.Wait()
			onlyFiles(t, dir)
		})
	}
}

// ignores reports whether a process exists and ignores the signal.
func ignores(pid int, s syscall.Signal) bool {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(status), "SigIgn:\t")
	var ignored uint64
	fmt.Sscanf(after, "%x", &ignored)
	return ignored&(1<<(s-1)) != 0
}

// child waits for the only child of a process and returns its PID.
func child(t *testing.T, pid int) int {
	t.Helper()
	for {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		if err != nil || len(tasks) == 0 {
			t.Fatalf("process %d has ended: %v", pid, err)
		}
		for _, task := range tasks {
			b, _ := os.ReadFile(task)
			if child, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
				return child
			}
		}
	}
}
