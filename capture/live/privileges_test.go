//go:build linux && cgo

package live

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// dropEnv makes the test binary the child that drops its privileges: there is no
// way back, and the other tests need them.
const dropEnv = "WINWATCH_TEST_DROP"

// TestDropPrivileges drops all privileges in child processes that capture, and
// checks the status of every thread from inside.
func TestDropPrivileges(t *testing.T) {
	if os.Getenv(dropEnv) != "" {
		dropInside(t)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("only root has privileges to drop")
	}
	open(t, Config{}).Close()
	for name, attr := range map[string]*syscall.SysProcAttr{
		"root": {Credential: &syscall.Credential{Groups: []uint32{4, 27}}},
		// like a binary with file capabilities
		"user with capabilities": {Credential: &syscall.Credential{Uid: 12345, Gid: 54321}, AmbientCaps: []uintptr{unix.CAP_NET_RAW, unix.CAP_NET_ADMIN}},
	} {
		t.Run(name, func(t *testing.T) {
			self, err := os.Open("/proc/self/exe") // other users may not enter its directory
			if err != nil {
				t.Fatal(err)
			}
			defer self.Close()
			cmd := exec.CommandContext(t.Context(), "/proc/self/fd/3", "-test.run=^TestDropPrivileges$", "-test.v")
			cmd.ExtraFiles, cmd.Dir = []*os.File{self}, "/"
			cmd.Env = append(os.Environ(), dropEnv+"=1", "SUDO_UID=12345", "SUDO_GID=54321")
			cmd.SysProcAttr = attr
			out, err := cmd.CombinedOutput()
			t.Logf("%s", out)
			if err != nil || !strings.Contains(string(out), "--- PASS") {
				t.Errorf("the child: %v", err)
			}
		})
	}
}

func dropInside(t *testing.T) {
	l, filter := listen(t)
	s := open(t, Config{Filter: filter})
	release := startThreads(t, 10)
	uid, gid, err := Invoker()
	if err != nil {
		t.Fatal(err)
	}
	if err := DropPrivileges(uid, gid); err != nil {
		t.Fatal(err)
	}
	checkThreads(t, 11, map[string]string{
		"Uid": "12345 12345 12345 12345", "Gid": "54321 54321 54321 54321", "Groups": "",
		"CapInh": "0000000000000000", "CapPrm": "0000000000000000", "CapEff": "0000000000000000", "CapAmb": "0000000000000000",
		"NoNewPrivs": "1", "Seccomp": "2",
	})
	release()

	if err := syscall.Setuid(0); err == nil {
		t.Error("root could be regained")
	}
	if err := exec.Command("/proc/self/exe", "-test.run=^$").Run(); err == nil {
		t.Error("a program could be started")
	}
	if _, err := unix.PidfdOpen(os.Getpid(), 0); err != unix.EPERM {
		t.Errorf("pidfd_open: %v, want EPERM", err)
	}
	if _, err := unix.PidfdGetfd(-1, 0, 0); err != unix.EPERM {
		t.Errorf("pidfd_getfd: %v, want EPERM", err)
	}
	for name, make := range map[string][3]int{
		"packet": {unix.AF_PACKET, unix.SOCK_DGRAM, 0},
		"raw":    {unix.AF_INET, unix.SOCK_RAW | unix.SOCK_CLOEXEC, unix.IPPROTO_TCP},
	} {
		if _, err := unix.Socket(make[0], make[1], make[2]); err != unix.EPERM {
			t.Errorf("%s socket: %v, want EPERM", name, err)
		}
	}
	exchange(t, l, 10)
	s.Stop()
	if got := readAll(t, s.Next); len(got) < 5 {
		t.Errorf("%d segments captured after the drop, want at least 5", len(got))
	}
	if _, err := net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Errorf("ordinary socket: %v", err)
	}
	if err := DenySockets(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Listen("tcp", "127.0.0.1:0"); !errors.Is(err, unix.EPERM) {
		t.Errorf("socket after DenySockets: %v, want EPERM", err)
	}
}

// startThreads ensures that n threads exist besides the calling one.
func startThreads(t *testing.T, n int) (release func()) {
	t.Helper()
	var started, ended sync.WaitGroup
	hold := make(chan struct{})
	for range n {
		started.Add(1)
		ended.Go(func() {
			runtime.LockOSThread()
			started.Done()
			<-hold
		})
	}
	started.Wait()
	return func() { close(hold); ended.Wait() }
}

// checkThreads checks fields of /proc/self/task/*/status for all threads. There
// must be at least least of them.
func checkThreads(t *testing.T, least int, want map[string]string) {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(files) < least {
		t.Fatalf("%d threads, want at least %d: %v", len(files), least, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for line := range strings.Lines(string(b)) {
			name, value, _ := strings.Cut(line, ":")
			w, ok := want[name]
			if !ok {
				continue
			}
			found++
			if got := strings.Join(strings.Fields(value), " "); got != w {
				t.Errorf("%s: %s is %q, want %q", file, name, got, w)
			}
		}
		if found != len(want) {
			t.Errorf("%s holds %d of the %d fields", file, found, len(want))
		}
	}
}

func TestInvoker(t *testing.T) {
	for _, c := range []struct {
		uid, gid         string
		wantUID, wantGID int
		wrong            string // the variable that the error names
	}{
		{"1000", "1001", 1000, 1001, ""},
		{"4294967294", "1", 4294967294, 1, ""},
		{"", "", nobody, nobody, ""},
		{"0", "0", nobody, nobody, ""},
		{"0", "1000", nobody, nobody, ""},
		{"1000", "", nobody, nobody, ""},
		{"-1", "1000", nobody, nobody, "SUDO_UID"},
		{"1000x", "1000", nobody, nobody, "SUDO_UID"},
		{" 1000", "1000", nobody, nobody, "SUDO_UID"},
		{"4294967295", "1000", nobody, nobody, "SUDO_UID"}, // "no change"
		{"4294967296", "1000", nobody, nobody, "SUDO_UID"}, // 0 in 32 bits
		{"1000", "4294968296", nobody, nobody, "SUDO_GID"},
		{"1000", "99999999999999999999", nobody, nobody, "SUDO_GID"},
	} {
		t.Run(fmt.Sprintf("%q,%q", c.uid, c.gid), func(t *testing.T) {
			t.Setenv("SUDO_UID", c.uid)
			t.Setenv("SUDO_GID", c.gid)
			uid, gid, err := Invoker()
			if uid != c.wantUID || gid != c.wantGID {
				t.Errorf("%d, %d, want %d, %d", uid, gid, c.wantUID, c.wantGID)
			}
			if (err != nil) != (c.wrong != "") || err != nil && !strings.HasPrefix(err.Error(), c.wrong+"=") {
				t.Errorf("error %v, want one about %q", err, c.wrong)
			}
		})
	}
}
