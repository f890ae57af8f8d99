//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestLimits: whatever the limits on memory, files and threads, there is a report, or an error
// and status 1, and never an abort of Go's runtime.
func TestLimits(t *testing.T) {
	if !canCapture {
		t.Skip("without cgo, Go's runtime meets the limits first")
	}
	for _, tt := range []struct {
		name   string
		limits []int
		enough int // a limit that must not be refused, with at most 8 processors
		shell  string
		said   string
		root   bool // to become a user whose threads are counted
	}{
		// With less, the kernel can't even load the program.
		{"addresses, KiB", []int{100_000, 200_000, 400_000, 700_000, 900_000, 1_200_000, 1_500_000, 1_650_000, 2_097_152, 64_000_000},
			1_650_000, "ulimit -v %d", "too little memory may be addressed", false},
		{"data, KiB", []int{50_000, 100_000, 200_000, 400_000, 460_000, 600_000, 64_000_000}, 460_000, "ulimit -d %d", "too little data is allowed", false},
		{"files", []int{7, 8, 12, 15, 16, 64}, 16, "ulimit -n %d", "too few files may be open", false},
		{"threads", []int{1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 2000}, 24, "prlimit --pid=$$ --nproc=%d:%[1]d", "too few threads are allowed", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.root && os.Geteuid() != 0 {
				t.Skip("not root: other processes of this user count, too")
			}
			for i, limit := range tt.limits {
				cmd, out, errs := limited(t, fmt.Sprintf(tt.shell, limit), tt.root)
				cmd.Run() // the status is checked below
				switch status := cmd.ProcessState.ExitCode(); {
				case status == statusFailed && (limit < tt.enough || runtime.NumCPU() > 8 && i < len(tt.limits)-1):
					if out.Len() > 0 || !strings.HasPrefix(errs.String(), "winwatch: cannot start: "+tt.said) {
						t.Errorf("%d: stdout %q, stderr %q", limit, out, errs)
					}
				case status != statusDone || i == 0 || !strings.Contains(out.String(), "did not read"):
					t.Errorf("%d: status %d, stdout %q, stderr %q", limit, status, out, errs)
				}
			}
		})
	}
}

// limited returns winwatch, started by a shell after a command that sets limits, as a user
// with no other processes if alone is set.
func limited(t *testing.T, command string, alone bool) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	program, err := os.Open(buildProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	cmd = exec.Command("sh", "-c", command+` && exec /proc/self/fd/3 analyze -q -`)
	cmd.Dir, cmd.Stdin, cmd.ExtraFiles = "/", bytes.NewReader(flood(t)), []*os.File{program}
	if alone {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 23456, Gid: 23456}}
	}
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, errs
	return cmd, out, errs
}
