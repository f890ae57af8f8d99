//go:build linux

package experiment

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// thread is an operating system thread that makes blocking calls. It ends with
// the function it runs: a goroutine that exits while it is locked takes its
// thread with it.
type thread struct {
	tid  int
	done chan struct{}
	err  error // valid once done is closed
}

// spawn starts a thread. The lab waits for it before it closes the sockets.
func (l *lab) spawn(f func() error) *thread {
	t := &thread{done: make(chan struct{})}
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(t.done)
		t.tid = unix.Gettid()
		close(started)
		t.err = f()
	}()
	<-started
	l.threads = append(l.threads, t)
	return t
}

// ended reports whether the thread's function has returned.
func (t *thread) ended() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}

// interrupt sends the thread a signal that does nothing but end a system call.
// The Go runtime uses SIGURG for itself and takes a stray one calmly.
func (t *thread) interrupt() error {
	if err := unix.Tgkill(os.Getpid(), t.tid, unix.SIGURG); err != nil {
		return fmt.Errorf("signal thread %d: %w", t.tid, err)
	}
	return nil
}

// syscallNames are the calls our threads make.
var syscallNames = map[int64]string{unix.SYS_SENDTO: "sendto", unix.SYS_RECVFROM: "recvfrom"}

// proof reads where the thread stands: what a debugger that is attached to the
// process would show in its backtrace. at is when the call was made (Unix, ns).
func (t *thread) proof(at int64) *kernel.BlockedCall {
	defer makeReadable()()
	b := &kernel.BlockedCall{At: at, Seen: time.Now().UnixNano(), TID: t.tid, Number: kernel.Unknown}
	t.readSyscall(b)
	b.State = t.schedulerState()
	b.Wchan = strings.TrimSpace(t.proc("wchan"))
	for line := range strings.Lines(t.proc("stack")) {
		if _, frame, ok := strings.Cut(strings.TrimSpace(line), "] "); ok {
			b.Stack = append(b.Stack, frame)
		}
	}
	return b
}

// makeReadable lets the process read its own files below /proc, and returns a
// function that undoes it. A process that has given up root, or whose binary has
// capabilities, is kept from them as all others are (PR_SET_DUMPABLE(2const)).
func makeReadable() (restore func()) {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || dumpable == 1 {
		return func() {}
	}
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
	return func() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
}

// proc returns a file of the thread's, or "" where it may not be read: stack
// is for root, and syscall is missing from some kernels.
func (t *thread) proc(file string) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/%s", t.tid, file))
	if err != nil {
		return ""
	}
	return string(b)
}

// readSyscall parses "44 0x4 0x7f75 0xa 0x4000 0x0 0x0 0x7f75 0x7f75"; a thread
// that is not in a system call reads "running" or "-1 …".
func (t *thread) readSyscall(b *kernel.BlockedCall) {
	fields := strings.Fields(t.proc("syscall"))
	if len(fields) < 1+len(b.Args) {
		return
	}
	number, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return
	}
	b.Number = number
	b.Syscall = syscallNames[number]
	if b.Syscall == "" {
		b.Syscall = fields[0]
	}
	for i := range b.Args {
		b.Args[i], _ = strconv.ParseUint(fields[1+i], 0, 64)
	}
}

// schedulerState returns the letter after the name in /proc/…/stat: R, S, D.
func (t *thread) schedulerState() string {
	stat := t.proc("stat")
	_, rest, ok := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	if !ok || rest == "" {
		return ""
	}
	return rest[:1]
}

// sleepsIn reports whether the thread sleeps in the system call, as far as the
// kernel tells.
func (t *thread) sleepsIn(number int64) bool {
	var b kernel.BlockedCall
	b.Number = kernel.Unknown
	t.readSyscall(&b)
	return t.schedulerState() == "S" && (b.Number == number || b.Number == kernel.Unknown)
}
