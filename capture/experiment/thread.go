//go:build linux

package experiment

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// thread is an operating system thread that makes blocking calls. It ends with the
// function it runs: a goroutine that exits while locked terminates its thread.
type thread struct {
	tid  int
	done chan struct{}
	err  error // valid once done is closed
}

// spawn starts a thread. The runner waits for it before it closes the sockets.
func (rn *runner) spawn(f func() error) *thread {
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
	rn.threads = append(rn.threads, t)
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

// interrupt sends the thread a signal whose only effect is to interrupt a system
// call: the Go runtime uses SIGURG itself and tolerates stray ones.
func (t *thread) interrupt() error {
	if err := unix.Tgkill(os.Getpid(), t.tid, unix.SIGURG); err != nil {
		return fmt.Errorf("signal thread %d: %w", t.tid, err)
	}
	return nil
}

// proof reads where the thread is blocked. at is when it made the call (Unix, ns).
func (t *thread) proof(at int64) *kernel.BlockedCall { return kernel.ReadBlockedCall(t.tid, at) }
