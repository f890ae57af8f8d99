//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"winwatch/cmd/winwatch/internal/term/termtest"
)

// onTerminal returns a run whose stderr is a terminal of this kind, and the terminal.
func onTerminal(t *testing.T, kind string, args ...string) (*exec.Cmd, *termtest.Terminal) {
	t.Helper()
	needLive(t)
	terminal := termtest.Open(t, 80, 24)
	cmd := plainProgram(t, append([]string{"run", "--isolate"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "NO_COLOR=", "TERM="+kind)
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, terminal.File
	return cmd, terminal
}

// TestRunShows: a terminal shows the buffers while the experiment runs, and after it only
// what has happened.
func TestRunShows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, kind string
		args       []string
		picture    bool
		stays      []string // in what is left on the terminal; nil: nothing is
	}{
		{"default", "xterm-256color", nil, true,
			[]string{"the client sends 10 bytes a call", "send() has just blocked", "send() blocked after"}},
		{"receiver is the client", "xterm", []string{"recv-blocking"}, true,
			[]string{"the client calls recv()", "recv() waits: the receive buffer is empty", "the server closes"}},
		{"no cursor movement", "dumb", nil, false,
			[]string{"the client sends 10 bytes a call", "send() blocked after"}},
		{"quiet", "xterm", []string{"-q"}, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd, terminal := onTerminal(t, tt.kind, append(tt.args, "--hold=600ms")...)
			if err := cmd.Run(); err != nil {
				t.Errorf("run: %v\n%s", err, cmd.Stdout)
			}
			output := terminal.Output()
			if got := strings.Contains(output, "receive buffer     "); got != tt.picture {
				t.Errorf("a picture was drawn: %v, want %v: %q", got, tt.picture, output)
			}
			screen := strings.Join(termtest.Screen(t, output), "\n")
			if strings.Contains(screen, "│") {
				t.Errorf("the picture is still there:\n%s", screen)
			}
			for _, want := range tt.stays {
				if !strings.Contains(screen, want) {
					t.Errorf("the terminal lacks %q:\n%s", want, screen)
				}
			}
			if tt.stays == nil && output != "" {
				t.Errorf("the terminal shows %q", output)
			}
		})
	}
}

// TestRunShowInterrupted: after Ctrl-C the picture is gone, too.
func TestRunShowInterrupted(t *testing.T) {
	t.Parallel()
	cmd, terminal := onTerminal(t, "xterm", "--hold=1m")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Await(t, "send() is still blocked")
	if status, _ := interrupt(t, cmd, os.Interrupt); status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	output := terminal.Output()
	screen := strings.Join(termtest.Screen(t, output), "\n")
	if !strings.Contains(output, "│") || strings.Contains(screen, "│") || !strings.Contains(screen, "interrupted") {
		t.Errorf("%q leaves\n%s", output, screen)
	}
}

// TestRunInBackground: a run in the background draws nothing, and a terminal that stops
// programs which write from there (stty tostop) does not stop it.
func TestRunInBackground(t *testing.T) {
	t.Parallel()
	cmd, terminal := onTerminal(t, "xterm", "--hold=600ms")
	cmd.Args = append([]string{"sh", "-c", `set -m; stty tostop; "$@" & wait $!`, "sh"}, cmd.Args...)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	cmd.Path, cmd.Stdin = sh, terminal.File
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	timer := time.AfterFunc(30*time.Second, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGHUP); cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Run(); err != nil {
		t.Errorf("run: %v", err)
	}
	if output := terminal.Output(); output != "" {
		t.Errorf("the terminal shows %q", output)
	}
	if out := cmd.Stdout.(*bytes.Buffer).String(); !strings.Contains(out, "did not read") {
		t.Errorf("the report:\n%s", out)
	}
}

// TestRunOnPipe: there is no picture without a terminal, and no step without --verbose.
func TestRunOnPipe(t *testing.T) {
	t.Parallel()
	if _, errs := inIsolation(t, 0, "recv-blocking"); errs != "" {
		t.Errorf("stderr shows %q", errs)
	}
	if _, errs := inIsolation(t, 0, "recv-blocking", "-v"); strings.Contains(errs, "\x1b") || !strings.Contains(errs, "the server sends 10 bytes\n") {
		t.Errorf("stderr shows %q with --verbose", errs)
	}
}
