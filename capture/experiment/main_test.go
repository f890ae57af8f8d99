//go:build linux

package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"winwatch/capture"
)

// The test binary re-executes itself: asNobodyEnv makes it the run of an
// ordinary user, who then isolates the tests.
const asNobodyEnv = "WINWATCH_TEST_AS_NOBODY"

func TestMain(m *testing.M) {
	if _, err := EnterIsolation(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv(asNobodyEnv) != "" && !Isolated() {
		status, err := Isolation{Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr}.Run(context.Background())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		if errors.Is(err, ErrCannotIsolate) {
			status = statusCannotIsolate
		}
		os.Exit(status)
	}
	os.Exit(m.Run())
}

const statusCannotIsolate = 77

// childArgs make the test binary run the calling test alone.
func childArgs(t *testing.T) []string {
	return []string{"-test.run=^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$", "-test.v", "-test.timeout=3m"}
}

// isolate runs the calling test in a private network namespace, as the user who
// runs the tests. It returns true in there, and false outside, once the test
// has passed inside.
func isolate(t *testing.T) bool {
	t.Helper()
	if Isolated() {
		return true
	}
	var out bytes.Buffer
	status, err := Isolation{Args: childArgs(t), Stdout: &out, Stderr: &out}.Run(t.Context())
	if errors.Is(err, ErrCannotIsolate) {
		t.Skip(err)
	}
	report(t, &out, status, err)
	return false
}

// isolateAsNobody does the same as an ordinary user, which needs root here.
func isolateAsNobody(t *testing.T) bool {
	t.Helper()
	if Isolated() {
		return true
	}
	if os.Getuid() != 0 {
		t.Skip("only root can become an ordinary user; the other tests run as one already")
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", childArgs(t)...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), asNobodyEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	status := cmd.ProcessState.ExitCode()
	if status == statusCannotIsolate {
		t.Skip(out.String())
	}
	if status > 0 {
		err = nil
	}
	report(t, &out, status, err)
	return false
}

// report passes on what the child said.
func report(t *testing.T, out *bytes.Buffer, status int, err error) {
	t.Helper()
	t.Log(out.String())
	if err != nil || status != 0 {
		t.Errorf("the child ended with status %d, error %v", status, err)
	}
	if !strings.Contains(out.String(), "--- PASS: ") {
		t.Error("the child ran no test")
	}
}

// run runs a scenario to its end and checks what all have in common: it ends
// without error, every finding holds, Quiet comes once, and no thread or
// descriptor stays behind.
func run(t *testing.T, name string, cfg Config) *capture.Witness {
	t.Helper()
	s, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	sockets := openSockets(t)
	quiet, samples := 0, 0
	w, err := s.Run(t.Context(), cfg, Hooks{
		Quiet:  func() { quiet++ },
		Sample: func(capture.KernelSample) { samples++ },
		Step:   func(what string) { t.Log(what) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range w.Findings {
		t.Logf("%v %s: %s", f.Holds, f.Claim, f.Evidence)
	}
	for _, f := range w.Failed() {
		t.Errorf("does not hold: %s: %s", f.Claim, f.Evidence)
	}
	if len(w.Findings) == 0 {
		t.Error("nothing was found")
	}
	if quiet != 1 {
		t.Errorf("Quiet was called %d times, want 1", quiet)
	}
	if samples == 0 {
		t.Error("no sample was taken")
	}
	checkNoThread(t)
	if now := openSockets(t); now != sockets {
		t.Errorf("%d sockets are open, %d were before", now, sockets)
	}
	return w
}

// openSockets counts the process's open sockets.
func openSockets(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// checkNoThread checks that no thread of this process sleeps in send() or
// recv(). The Go runtime keeps threads of its own, so their number says little.
func checkNoThread(t *testing.T) {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		var tid int
		if _, err := fmt.Sscan(task.Name(), &tid); err != nil {
			t.Fatal(err)
		}
		b := (&thread{tid: tid}).proof(time.Now().UnixNano())
		for _, name := range syscallNames {
			if b.Syscall == name {
				t.Errorf("thread %d is still in %s", tid, name)
			}
		}
	}
}
