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

	"winwatch/capture/kernel"
)

// asNobodyEnv tells the re-executed test binary that it runs as an ordinary user
// and should isolate the tests.
const asNobodyEnv = "WINWATCH_TEST_AS_NOBODY"

func TestMain(m *testing.M) {
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // saves a second at the end of each child
	}
	if _, err := EnterIsolation(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv(asNobodyEnv) != "" && !Isolated() {
		status, err := Isolation{Args: os.Args[1:], Hosts: true, Stdout: os.Stdout, Stderr: os.Stderr}.Run(context.Background())
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

// childArgs make the test binary run one test alone.
func childArgs(test string) []string {
	return []string{"-test.run=^" + strings.ReplaceAll(test, "/", "$/^") + "$", "-test.v", "-test.timeout=3m"}
}

// child is the outcome of a test in a private network namespace.
type child struct {
	out     bytes.Buffer
	err     error
	skipped bool
}

// slots bounds how many children run at once: they mostly wait.
var slots = make(chan struct{}, 12)

// inIsolation runs body for each subtest in a separate private network namespace,
// many at a time, as an ordinary user if asNobody is set. Each runs alone in a child
// process.
func inIsolation(t *testing.T, asNobody bool, names []string, body func(t *testing.T, name string)) {
	start := startIsolated
	if asNobody {
		start = startAsNobody
	}
	children := make(map[string]chan *child)
	if !Isolated() {
		for _, name := range names {
			c := make(chan *child, 1)
			children[name] = c
			go func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				c <- start(t.Context(), t.Name()+"/"+name)
			}()
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if Isolated() {
				body(t, name)
				return
			}
			c := <-children[name]
			t.Log(c.out.String())
			switch {
			case c.skipped:
				t.Skip(c.err)
			case c.err != nil:
				t.Error(c.err)
			case !strings.Contains(c.out.String(), "--- PASS: "):
				t.Error("the child ran no test")
			}
		})
	}
}

// startIsolated runs one test as the user who runs the tests.
func startIsolated(ctx context.Context, test string) *child {
	c := &child{}
	status, err := Isolation{Args: childArgs(test), Hosts: true, Stdout: &c.out, Stderr: &c.out}.Run(ctx)
	c.skipped = errors.Is(err, ErrCannotIsolate)
	c.err = err
	if err == nil && status != 0 {
		c.err = fmt.Errorf("the child ended with status %d", status)
	}
	return c
}

// startAsNobody runs one test as an ordinary user. Only root can do that.
func startAsNobody(ctx context.Context, test string) *child {
	c := &child{}
	if os.Getuid() != 0 {
		c.skipped = true
		c.err = errors.New("only root can become an ordinary user; the other tests run as one already")
		return c
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe", childArgs(test)...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), asNobodyEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Stdout, cmd.Stderr = &c.out, &c.out
	c.err = cmd.Run()
	c.skipped = cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == statusCannotIsolate
	return c
}

// run runs a scenario to its end and checks what all scenarios have in common: it
// ends without error, every finding holds, Quiet is called once, and no thread or
// socket stays behind.
func run(t *testing.T, name string, cfg Config) *kernel.Witness {
	t.Helper()
	s, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	sockets := openSockets(t)
	quiet, samples := 0, 0
	w, err := s.Run(t.Context(), cfg, Hooks{
		Quiet:  func() { quiet++ },
		Sample: func(kernel.Sample) { samples++ },
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
		t.Error("no findings")
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

// checkNoThread checks that no thread of this process sleeps in send() or recv().
// Counting threads would not do: the Go runtime keeps some of its own.
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
		switch call := kernel.ReadBlockedCall(tid, 0).Syscall; call {
		case "sendto", "recvfrom":
			t.Errorf("thread %d is still in %s", tid, call)
		}
	}
}
