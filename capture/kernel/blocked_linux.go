package kernel

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// syscallNames are the calls that move data through a socket.
var syscallNames = map[int64]string{unix.SYS_SENDTO: "sendto", unix.SYS_RECVFROM: "recvfrom"}

// ReadBlockedCall reads where the thread tid of this process is blocked. at is
// when it made the call (Unix, ns). Fields that may not be read stay empty.
func ReadBlockedCall(tid int, at int64) *BlockedCall {
	defer makeReadable()()
	b := &BlockedCall{At: at, Seen: time.Now().UnixNano(), TID: tid, Number: Unknown}
	b.readSyscall()
	b.State = schedulerState(tid)
	b.Wchan = strings.TrimSpace(taskFile(tid, "wchan"))
	for line := range strings.Lines(taskFile(tid, "stack")) {
		if _, frame, ok := strings.Cut(strings.TrimSpace(line), "] "); ok {
			b.Stack = append(b.Stack, frame)
		}
	}
	return b
}

// makeReadable lets the process read its own files below /proc, and returns a
// function that undoes it. The kernel denies them even to the process itself after
// it drops root, or if its binary has capabilities (PR_SET_DUMPABLE(2const)).
func makeReadable() (restore func()) {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || dumpable == 1 {
		return func() {}
	}
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
	return func() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
}

// taskFile returns the content of a file about the thread, or "" if it can't be
// read: only root may read stack, and some kernels lack syscall.
func taskFile(tid int, file string) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/%s", tid, file))
	if err != nil {
		return ""
	}
	return string(b)
}

// readSyscall parses "44 0x4 0x7f75 0xa 0x4000 0x0 0x0 0x7f75 0x7f75"; a thread
// that is not in a system call reads "running" or "-1 …".
func (b *BlockedCall) readSyscall() {
	fields := strings.Fields(taskFile(b.TID, "syscall"))
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
func schedulerState(tid int) string {
	stat := taskFile(tid, "stat")
	_, rest, ok := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	if !ok || rest == "" {
		return ""
	}
	return rest[:1]
}

// SleepsIn reports whether the thread tid of this process sleeps in the numbered
// system call, as far as the kernel says.
func SleepsIn(tid int, number int64) bool {
	b := BlockedCall{TID: tid, Number: Unknown}
	b.readSyscall()
	return schedulerState(tid) == "S" && (b.Number == number || b.Number == Unknown)
}
