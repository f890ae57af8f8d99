//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// asRoot skips the test if there are no rights to drop. It returns a directory that
// only root may enter, with a capture that only root may read.
func asRoot(t *testing.T) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root: there are no rights to drop")
	}
	dir = t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.pcap"), flood(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func flood(t *testing.T) []byte { return readFile(t, "../../analyze/testdata/seed-flood.pcap") }

// sudo makes the program believe that user 12345 of group 54321 started it with sudo.
func sudo(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(os.Environ(), "SUDO_UID=12345", "SUDO_GID=54321")
	return cmd
}

// confined are the lines that the status of each thread must contain.
var confined = []string{"CapInh:\t0000000000000000\n", "CapPrm:\t0000000000000000\n",
	"CapEff:\t0000000000000000\n", "CapAmb:\t0000000000000000\n", "NoNewPrivs:\t1\n", "Seccomp:\t2\n"}

// threads returns the status of each thread of a process.
func threads(t *testing.T, pid int) (statuses []string) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(files) < 2 {
		t.Fatalf("process %d has threads %v: %v", pid, files, err)
	}
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil { // a thread may have ended
			statuses = append(statuses, string(b))
		}
	}
	return statuses
}

// lacks returns the first of the words that is missing from the text, "" if none is.
func lacks(text string, words []string) string {
	if i := slices.IndexFunc(words, func(w string) bool { return !strings.Contains(text, w) }); i >= 0 {
		return words[i]
	}
	return ""
}

// TestAnalyzeDropsRoot inspects the process while it reads: no thread has any of
// root's rights, and yet the output file appears in a directory that only root may
// write to, and belongs to the user who called sudo.
func TestAnalyzeDropsRoot(t *testing.T) {
	for name, prepare := range map[string]struct {
		cmd      func(*exec.Cmd) *exec.Cmd
		uid, gid uint32
		owner    uint32
	}{
		"sudo": {sudo, 12345, 54321, 12345},
		"root": {func(cmd *exec.Cmd) *exec.Cmd { return cmd }, 65534, 65534, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := asRoot(t)
			cmd := prepare.cmd(program("analyze", "-", "-q", "-o", filepath.Join(dir, "w.csv")))
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Groups: []uint32{4, 27}}}
			statuses, output, err := whileReading(t, cmd)
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			want := append([]string{fmt.Sprintf("Uid:\t%[1]d\t%[1]d\t%[1]d\t%[1]d\n", prepare.uid),
				fmt.Sprintf("Gid:\t%[1]d\t%[1]d\t%[1]d\t%[1]d\n", prepare.gid), "Groups:\t \n"}, confined...)
			for _, status := range statuses {
				if missing := lacks(status, want); missing != "" {
					t.Errorf("a thread's status lacks %q:\n%s", missing, status)
				}
			}
			onlyFiles(t, dir, "a.pcap", "w.csv")
			checkOwner(t, filepath.Join(dir, "w.csv"), prepare.owner)
		})
	}
}

// whileReading starts a program that reads standard input. It returns the status of
// each thread after most of a capture was read, and the output.
func whileReading(t *testing.T, cmd *exec.Cmd) (statuses []string, output string, err error) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 4096); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	r.Close()
	if _, err := w.Write(flood(t)); err != nil { // the pipe holds only a part
		t.Errorf("winwatch stopped reading: %v", err)
	}
	statuses = threads(t, cmd.Process.Pid)
	w.Close()
	err = cmd.Wait()
	return statuses, out.String(), err
}

func checkOwner(t *testing.T, name string, uid uint32) {
	t.Helper()
	info, err := os.Lstat(name)
	if err != nil {
		t.Error(err)
		return
	}
	if got := info.Sys().(*syscall.Stat_t).Uid; got != uid || !info.Mode().IsRegular() || info.Size() == 0 {
		t.Errorf("%s belongs to user %d, mode %v, %d bytes; want a regular file of user %d", name, got, info.Mode(), info.Size(), uid)
	}
}

// TestAnalyzeReadsFilesOfRoot: analyze opens captures before it gives up root, and can
// read them a second time for charts, in every mode.
func TestAnalyzeReadsFilesOfRoot(t *testing.T) {
	dir := asRoot(t)
	drain := readFile(t, "../../analyze/testdata/lab/drain/capture.pcap")
	if err := os.WriteFile(filepath.Join(dir, "b.pcap"), drain, 0o600); err != nil {
		t.Fatal(err)
	}
	capture := filepath.Join(dir, "a.pcap")
	outputs := []string{"w.csv", "events.csv", "r.json", "r.html", "w.png", "w.svg"}
	for name, args := range map[string][]string{
		"file": {capture}, "files": {capture, filepath.Join(dir, "b.pcap")}, "directory": {dir},
		"filter": {capture, "--", "port", "3000"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "filter" && !canCapture {
				t.Skip("filters need libpcap")
			}
			out := filepath.Join(dir, "out")
			if err := os.Mkdir(out, 0o700); err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(out)
			words := []string{"analyze"}
			for _, o := range outputs {
				words = append(words, "-o", filepath.Join(out, o))
			}
			output, err := sudo(program(append(words, args...)...)).CombinedOutput()
			if err != nil || !bytes.Contains(output, []byte("did not read")) || !bytes.Contains(output, []byte(" ┤")) {
				t.Errorf("%v; want a report with a verdict and a chart:\n%s", err, output)
			}
			onlyFiles(t, out, slices.Sorted(slices.Values(outputs))...)
			for _, o := range outputs {
				checkOwner(t, filepath.Join(out, o), 12345)
			}
		})
	}
	for _, args := range [][]string{{dir}, {capture, filepath.Join(dir, "b.pcap")}} {
		output, err := program(append([]string{"analyze", "--each"}, args...)...).CombinedOutput()
		if err != nil || bytes.Count(output, []byte(" ┤")) < 2 || bytes.Count(output, []byte("  receiver-not-reading\n")) != 2 {
			t.Errorf("--each %q: %v; want a report with a chart for each capture:\n%s", args, err, output)
		}
	}
}

// TestAnalyzeRefusesLinksAsRoot: as root, analyze does not follow a planted symbolic
// link, and reports a missing capture as usual.
func TestAnalyzeRefusesLinksAsRoot(t *testing.T) {
	dir := asRoot(t)
	precious, link := filepath.Join(dir, "precious"), filepath.Join(dir, "link.csv")
	if err := os.Symlink(precious, link); err != nil {
		t.Fatal(err)
	}
	for args, reason := range map[[2]string]string{
		{filepath.Join(dir, "a.pcap"), link}:                               "is a symbolic link",
		{filepath.Join(dir, "missing.pcap"), filepath.Join(dir, "w.csv")}:  "missing.pcap: no such file or directory",
		{filepath.Join(dir, "a.pcap"), filepath.Join(dir, "no", "w.json")}: "no such file or directory",
	} {
		output, err := sudo(program("analyze", "-q", args[0], "-o", args[1])).CombinedOutput()
		if err == nil || !bytes.Contains(output, []byte(reason)) {
			t.Errorf("%q: %v, want %q in the output:\n%s", args, err, reason, output)
		}
	}
	onlyFiles(t, dir, "a.pcap", "link.csv")
}

// TestAnalyzeRefusesSudoIDs: root does not become a user whose id is not an id, nor
// does it stay root.
func TestAnalyzeRefusesSudoIDs(t *testing.T) {
	dir := asRoot(t)
	for _, args := range [][]string{nil, {"-o", filepath.Join(dir, "w.csv")}} {
		for _, id := range []string{"4294967295", "4294967296", "-1", "root", "18446744073709551616"} {
			for _, variable := range []string{"SUDO_UID", "SUDO_GID"} {
				cmd := sudo(program(append([]string{"analyze", filepath.Join(dir, "a.pcap")}, args...)...))
				cmd.Env = append(cmd.Env, variable+"="+id)
				output, err := cmd.CombinedOutput()
				if got := cmd.ProcessState.ExitCode(); got != statusFailed || !bytes.Contains(output, []byte(variable+"="+id+": want a number")) {
					t.Errorf("%s=%s: %v, want status %d and an error about it:\n%s", variable, id, err, statusFailed, output)
				}
			}
		}
	}
	onlyFiles(t, dir, "a.pcap")
}

// TestAnalyzeAsOrdinaryUser: the process of an ordinary user is confined, too, and so
// is one that is root in a private user namespace, where no other user exists.
func TestAnalyzeAsOrdinaryUser(t *testing.T) {
	for _, name := range []string{"user", "namespace root"} {
		t.Run(name, func(t *testing.T) {
			cmd := program("analyze", "-", "-q")
			uid := os.Getuid()
			if uid == 0 {
				uid = 65534
			}
			asOrdinaryUser(t, cmd)
			if name != "user" {
				if err := liveError(); err != nil {
					t.Skip(err)
				}
				cmd.SysProcAttr = &syscall.SysProcAttr{
					Cloneflags:  syscall.CLONE_NEWUSER,
					UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}},
					GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}},
					Credential:  &syscall.Credential{NoSetGroups: true},
				}
			}
			statuses, output, err := whileReading(t, cmd)
			if err != nil || !strings.Contains(output, "did not read") {
				t.Fatalf("%v\n%s", err, output)
			}
			for _, status := range statuses {
				if missing := lacks(status, confined); missing != "" {
					t.Errorf("a thread's status lacks %q:\n%s", missing, status)
				}
			}
		})
	}
}

// TestAnalyzeUnreadableFile: a capture in a directory that this user may not read is
// an error, and the report covers the others.
func TestAnalyzeUnreadableFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"a.pcap": 0, "b.pcap": 0o644, "c.pcap": 0, "README": 0o644} {
		content := flood(t)
		if name == "README" {
			content = []byte("This is not a capture.")
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, mode); err != nil {
			t.Fatal(err)
		}
	}
	hidden := func(name string) string {
		return "winwatch: " + filepath.Join(dir, name) + ": permission denied\n  this user is not allowed to read it\n"
	}
	for _, args := range [][]string{{dir}, {"-q", dir}, {"--each", dir}, {"--format=json", dir}} {
		cmd := program(append([]string{"analyze"}, args...)...)
		asOrdinaryUser(t, cmd)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		cmd.Run() // the status is checked below
		if got := cmd.ProcessState.ExitCode(); got != statusFailed || !strings.Contains(out.String(), "did not read") ||
			errs.String() != hidden("a.pcap")+hidden("c.pcap") {
			t.Errorf("%q: status %d, stderr %q, report:\n%s", args, got, &errs, &out)
		}
	}
}

// TestAnalyzeDeniesSockets: a second seccomp filter denies sockets, unless winwatch
// may have to look up host names.
func TestAnalyzeDeniesSockets(t *testing.T) {
	before := seccompFilters(t, string(readFile(t, "/proc/self/status")))
	for _, tt := range []struct {
		args []string
		want int
	}{{nil, 2}, {[]string{"--", "tcp"}, 1}} {
		if tt.args != nil && !canCapture {
			continue // filters need libpcap
		}
		statuses, output, err := whileReading(t, program(append([]string{"analyze", "-", "-q"}, tt.args...)...))
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		for _, status := range statuses {
			if got := seccompFilters(t, status) - before; got != tt.want {
				t.Errorf("%q: %d filters, want %d", tt.args, got, tt.want)
			}
		}
	}
}

// seccompFilters returns the number of seccomp filters in the status of a thread.
func seccompFilters(t *testing.T, status string) (n int) {
	t.Helper()
	_, after, ok := strings.Cut(status, "Seccomp_filters:\t")
	if !ok {
		t.Skip("kernels before 5.9 do not report the number of seccomp filters")
	}
	if _, err := fmt.Sscan(after, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAnalyzeRootWithoutRights: root that can't change the user, as in a container
// without capabilities, stays root and is confined.
func TestAnalyzeRootWithoutRights(t *testing.T) {
	for name, keep := range map[string]uintptr{"none": unix.CAP_LAST_CAP + 1, "another": unix.CAP_NET_RAW} {
		t.Run(name, func(t *testing.T) {
			dir := asRoot(t)
			keepOnly(t, keep)
			statuses, output, err := whileReading(t, program("analyze", "-", "-q", "-o", filepath.Join(dir, "w.csv")))
			if err != nil || !strings.Contains(output, "did not read") {
				t.Fatalf("%v\n%s", err, output)
			}
			for _, status := range statuses {
				if missing := lacks(status, append([]string{"Uid:\t0\t0\t0\t0\n"}, confined...)); missing != "" {
					t.Errorf("a thread's status lacks %q:\n%s", missing, status)
				}
			}
			onlyFiles(t, dir, "a.pcap", "w.csv")
		})
	}
}

// TestAnalyzeRootWithHalfTheRights: analyze fails as root if it can change either the
// user or the group, but not both.
func TestAnalyzeRootWithHalfTheRights(t *testing.T) {
	for name, tt := range map[string]struct {
		keep   uintptr
		output string
	}{
		"CAP_SETUID": {unix.CAP_SETUID, "give up root: drop supplementary groups"},
		"CAP_SETGID": {unix.CAP_SETGID, "give up root: become user 65534"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := asRoot(t)
			keepOnly(t, tt.keep)
			output, err := program("analyze", filepath.Join(dir, "a.pcap")).CombinedOutput()
			if err == nil || !bytes.Contains(output, []byte(tt.output)) {
				t.Errorf("%v, want %q in the output:\n%s", err, tt.output, output)
			}
		})
	}
}

// keepOnly drops all capabilities but one from the programs that the test starts. It
// must be called in a subtest: the thread ends with its goroutine.
func keepOnly(t *testing.T, keep uintptr) {
	t.Helper()
	runtime.LockOSThread()
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if c == keep {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
}
