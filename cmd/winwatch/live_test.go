//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"winwatch/capture/capturetest"
)

// liveError returns the reason why this user can't capture, or nil if it can.
func liveError() error {
	if os.Geteuid() == 0 {
		return nil
	}
	cmd := exec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("not root, and private namespaces are not allowed: %w", err)
	}
	return nil
}

// needLive skips the test if this process can't capture. If WINWATCH_REQUIRE_LIVE is
// set, as in CI, the test fails instead.
func needLive(t *testing.T) {
	t.Helper()
	err := liveError()
	if !canCapture {
		err = errors.New("this build can't capture")
	}
	switch {
	case err == nil:
	case os.Getenv("WINWATCH_REQUIRE_LIVE") != "":
		t.Fatalf("live tests are required: %v", err)
	default:
		t.Skip(err)
	}
}

// program returns a command that runs winwatch with these arguments: the test binary
// under the name winwatch.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = "winwatch"
	return cmd
}

// plainProgram is like program, but runs winwatch built without the race detector, which
// is slow to start and disturbs experiments. In a full run it is the same as program.
func plainProgram(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if capturetest.Full() {
		return program(args...)
	}
	return exec.Command(buildProgram(t), args...)
}

// asOrdinaryUser makes the program run as the user nobody if the tests run as root.
func asOrdinaryUser(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	// Other users may not enter the directory of the test binary, but they may use an
	// open descriptor.
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { self.Close() })
	cmd.Path = "/proc/self/fd/3"
	cmd.ExtraFiles = []*os.File{self}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}

// inIsolation runs winwatch in a private namespace and returns its output.
func inIsolation(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	needLive(t)
	cmd := program(append([]string{"run", "--isolate"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run() // the status is checked below
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("winwatch run %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, status, &out, &errs)
	}
	return out.String(), errs.String()
}

func TestRunReport(t *testing.T) {
	t.Parallel()
	out, errs := inIsolation(t, 0, "--hold=500ms", "--verbose")
	for _, want := range []string{"in sendto(), asleep", "receive queue", "the same", "everything sent / 2"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if !strings.Contains(errs, "send() blocked after") {
		t.Errorf("--verbose does not print progress: %q", errs)
	}
}

// TestRunInterrupted: Ctrl-C ends the experiment, and the report is still written.
func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	needLive(t)
	dir := t.TempDir()
	pcap := filepath.Join(dir, "cut.pcap")
	cmd := program("run", "--isolate", "--hold=1m", "-v", "-o", pcap)
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
	var said []string
	for lines := bufio.NewScanner(errs); lines.Scan(); {
		said = append(said, lines.Text())
		if strings.Contains(lines.Text(), "send() blocked after") {
			cmd.Process.Signal(os.Interrupt)
		}
	}
	cmd.Wait() // the status is checked below
	if got := cmd.ProcessState.ExitCode(); got != statusFailed {
		t.Errorf("exit status %d, want %d", got, statusFailed)
	}
	if last := said[len(said)-1]; last != "winwatch: run: interrupted: the report covers only what was captured so far" {
		t.Errorf("last line of stderr: %q", last)
	}
	if !strings.Contains(out.String(), "nothing is compared: the experiment was cut short") {
		t.Errorf("the report:\n%s", &out)
	}
	if said, err := program("analyze", "-q", pcap).CombinedOutput(); err != nil {
		t.Errorf("analyzing the capture: %v\n%s", err, said)
	}
	onlyFiles(t, dir, "cut.pcap")
}

// TestRunErrors: each error has its own message and exit status.
func TestRunErrors(t *testing.T) {
	needLive(t)
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	port := busy.Addr().(*net.TCPAddr).Port
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		stderr string
		root   bool // needs the loopback of the host
	}{
		{"port taken", []string{fmt.Sprintf("--port=%d", port)}, statusFailed, "choose another with --port", true},
		{"no such interface", []string{"-i", "nope0"}, statusFailed, `no interface named "nope0"; available: any, `, false},
		{"no such scenario", []string{"snd-blocking"}, statusUsage, "did you mean send-blocking?", false},
		{"two scenarios", []string{"drain", "nagle"}, statusUsage, "one scenario at a time", false},
		{"impossible MTU", []string{"--mtu=5"}, statusUsage, "MTU 5: want", false},
		{"unknown congestion control", []string{"--isolate", "--congestion=warp"}, statusFailed, "warp", false},
		{"sweep without values", []string{"--sweep=rcvbuf"}, statusUsage, `"" is not a valid value for --rcvbuf`, false},
		{"sweep of a boolean flag", []string{"--sweep=ipv6=true"}, statusUsage, `"ipv6" can't be varied`, false},
		{"sweep with a zero time", []string{"--sweep=hold=1s,0"}, statusUsage, `"0" is not a valid value for --hold`, false},
		{"sweep as packets", []string{"--sweep=hold=1s", "-o", "sweep.pcap"}, statusUsage, "known endings: .csv, .png, .svg", false},
		{"invalid size", []string{"--chunk=big"}, statusUsage, `"big" is not a size`, false},
		{"nothing to send", []string{"--chunk=0"}, statusUsage, `"0" is not a size`, false},
		{"zero time", []string{"--hold=0"}, statusUsage, `--hold "0s": no such value`, false},
		{"zero MTU", []string{"--mtu=0"}, statusUsage, `--mtu "0": no such value`, false},
		{"link that loses everything", []string{"drain", "--link=loss=100%"}, statusFailed, "drain: connect to 10.0.0.2:3000: no answer within 5s\n", false},
		{"everything lost with Fast Open", []string{"fast-open", "--link=loss=100%"}, statusFailed, "no answer within 5s\n", false},
		{"link too long", []string{"--link=delay=10s"}, statusUsage, "link: a round trip of 20s: want at most 1s", false},
		{"MTU too large for a link", []string{"--link=delay=1ms", "--mtu=65536"}, statusUsage, "MTU 65536: want at most 65535 bytes", false},
		{"output in a missing directory", []string{"--isolate", "--hold=1ms", "-o", "/nowhere/w.csv"}, statusFailed, "/nowhere/w.csv: no such file", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.root && os.Geteuid() != 0 {
				t.Skip("not root: the run would use a private namespace")
			}
			cmd := plainProgram(t, append([]string{"run"}, tt.args...)...)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			cmd.Run() // the status is checked below
			if got := cmd.ProcessState.ExitCode(); got != tt.status || !strings.Contains(errs.String(), tt.stderr) || out.Len() > 0 {
				t.Errorf("status %d, want %d; stdout %q; stderr, want %q in it:\n%s", got, tt.status, &out, tt.stderr, &errs)
			}
		})
	}
}

// TestRunAsOrdinaryUser: users who may not capture get a private namespace, and a
// message that says so. The process that parses packets has dropped all capabilities.
func TestRunAsOrdinaryUser(t *testing.T) {
	t.Parallel()
	needLive(t)
	private := "winwatch: not allowed to capture here: running in a private user and network namespace\n"
	for _, tt := range []struct {
		name   string
		caps   []uintptr
		stderr string // how it begins
	}{
		{"without capabilities", nil, private},
		{"with CAP_NET_RAW", []uintptr{unix.CAP_NET_RAW}, "  "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := program("run", "--port=0", "--hold=300ms", "-v")
			asOrdinaryUser(t, cmd)
			if tt.caps != nil {
				if os.Geteuid() != 0 {
					t.Skip("not root: can't grant a capability")
				}
				cmd.SysProcAttr.AmbientCaps = tt.caps
			}
			var out bytes.Buffer
			cmd.Stdout = &out
			errs, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			said, pid := "", cmd.Process.Pid
			for lines := bufio.NewScanner(errs); lines.Scan(); said += lines.Text() + "\n" {
				if !strings.Contains(lines.Text(), "send() blocked after") {
					continue
				}
				if tt.stderr == private {
					pid = child(t, pid)
				}
				for _, status := range threads(t, pid) {
					if missing := lacks(status, confined); missing != "" {
						t.Errorf("a thread's status lacks %q:\n%s", missing, status)
					}
				}
			}
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s%s", err, &out, said)
			}
			if !strings.HasPrefix(said, tt.stderr) {
				t.Errorf("stderr %q, want it to begin with %q", said, tt.stderr)
			}
			if !strings.Contains(out.String(), "did not read") {
				t.Errorf("the report:\n%s", &out)
			}
		})
	}
}

// TestRunGivesUpRoot inspects the process while it parses packets: it has none of
// root's rights, and yet the files appear in a directory that only root may write to.
func TestRunGivesUpRoot(t *testing.T) {
	t.Parallel()
	needLive(t)
	if os.Geteuid() != 0 {
		t.Skip("not root: there are no rights to drop")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := program("run", "--port=0", "--hold=300ms", "-v", "-o", filepath.Join(dir, "w.csv"), "-o", filepath.Join(dir, "flood.pcap"))
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var status string
	for lines := bufio.NewScanner(errs); lines.Scan(); {
		if strings.Contains(lines.Text(), "send() blocked after") {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if err != nil {
				t.Error(err)
			}
			status = string(b)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Uid:\t65534\t65534\t65534\t65534\n", "Gid:\t65534\t65534\t65534\t65534\n", "Groups:\t \n",
		"CapPrm:\t0000000000000000\n", "CapEff:\t0000000000000000\n", "NoNewPrivs:\t1\n", "Seccomp:\t2\n"} {
		if !strings.Contains(status, want) {
			t.Errorf("the status lacks %q:\n%s", want, status)
		}
	}
	onlyFiles(t, dir, "flood.pcap", "w.csv")
}
