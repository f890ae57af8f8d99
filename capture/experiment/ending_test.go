//go:build linux

package experiment

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"winwatch/capture/kernel"
)

func find(t *testing.T, name string) Scenario {
	t.Helper()
	s, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCancel cancels each of the longer scenarios at one of its steps. It must end
// at once, after reading the kernel, and leave nothing behind.
func TestCancel(t *testing.T) {
	for _, tt := range []struct{ name, step string }{
		{"send-blocking", "send() blocked"},
		{"send-nonblocking", "the client sends"},
		{"recv-blocking", "calls recv()"},
		{"slow-reader", "the server reads"},
		{"keepalive", "connection is idle"},
		{"nagle", "bursts of"},
		{"half-close", "the client reads"},
		{"deadlock", "both are blocked"},
		{"proxy", "the backend reads"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sockets := openSockets(t)
			ctx, cancel := context.WithCancel(t.Context())
			quiet := 0
			w, err := find(t, tt.name).Run(ctx, Config{}, Hooks{
				Step: func(step string) {
					if strings.Contains(step, tt.step) {
						cancel()
					}
				},
				Quiet: func() { quiet++ },
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want the context's", err)
			}
			if w == nil || quiet != 1 {
				t.Fatalf("witness %v, Quiet called %d times", w, quiet)
			}
			if _, ok := w.At(kernel.MomentEnd); !ok || len(w.Counters) == 0 {
				t.Error("no kernel readings at the end")
			}
			checkNoThread(t)
			if now := openSockets(t); now != sockets {
				t.Errorf("%d sockets are open, %d were before", now, sockets)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	w, err := find(t, "send-blocking").Run(t.Context(), Config{Timeout: 700 * time.Millisecond}, Hooks{})
	if err == nil || !strings.Contains(err.Error(), "did not end within 700ms") || w == nil {
		t.Errorf("error %v, witness %v", err, w)
	}
	checkNoThread(t)
}

// TestHookFails checks that the run ends if the capture can't be opened.
func TestHookFails(t *testing.T) {
	refused := errors.New("refused")
	sockets := openSockets(t)
	w, err := find(t, "send-blocking").Run(t.Context(), Config{}, Hooks{Listening: func([]Place) error { return refused }})
	if !errors.Is(err, refused) || w != nil {
		t.Errorf("error %v, witness %v", err, w)
	}
	if now := openSockets(t); now != sockets {
		t.Errorf("%d sockets are open, %d were before", now, sockets)
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).AddrPort().Port()
	_, err = find(t, "send-blocking").Run(t.Context(), Config{Port: port}, Hooks{})
	var taken *PortTakenError
	if !errors.As(err, &taken) || taken.Addr.Port() != port {
		t.Errorf("error %v, want a PortTakenError for port %d", err, port)
	}
}

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort().Port()
}

// TestStranger checks that other connections to the port are reset.
func TestStranger(t *testing.T) {
	var stranger net.Conn
	port := freePort(t)
	w, err := find(t, "recv-nonblocking").Run(t.Context(), Config{Port: port}, Hooks{Listening: func([]Place) (err error) {
		stranger, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if failed := w.Failed(); len(failed) != 0 {
		t.Error(failed)
	}
	if w.Client == stranger.LocalAddr().(*net.TCPAddr).AddrPort() {
		t.Error("the stranger was taken for the client")
	}
}

// TestTwoAtOnce runs two experiments side by side.
func TestTwoAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			w, err := find(t, "drain").Run(t.Context(), Config{}, Hooks{})
			if err != nil {
				t.Error(err)
				return
			}
			checkQueues(t, w)
			for _, f := range w.Failed() {
				t.Errorf("does not hold: %s: %s", f.Claim, f.Evidence)
			}
		})
	}
	wg.Wait()
}

// TestThreadsEnd checks that the number of threads does not grow with the
// number of runs.
func TestThreadsEnd(t *testing.T) {
	count := func() int {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		return len(tasks)
	}
	s := find(t, "recv-nonblocking")
	var first int
	const runs = 8
	for i := range runs {
		if _, err := s.Run(t.Context(), Config{}, Hooks{}); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = count()
		}
	}
	// Each run has two threads; the runtime may add a few of its own.
	if last := count(); last >= first+runs {
		t.Errorf("%d threads after the first run, %d after the last", first, last)
	}
}

func TestNotIsolated(t *testing.T) {
	if Isolated() {
		t.Skip("this process has a private network namespace")
	}
	if _, err := find(t, "no-scaling").Run(t.Context(), Config{}, Hooks{}); !errors.Is(err, ErrNeedsIsolation) {
		t.Errorf("no-scaling: %v", err)
	}
	if _, err := find(t, "send-blocking").Run(t.Context(), Config{MTU: 1500}, Hooks{}); !errors.Is(err, ErrNeedsIsolation) {
		t.Errorf("MTU: %v", err)
	}
}

func TestValidate(t *testing.T) {
	for _, cfg := range []Config{{Chunk: -1}, {Chunk: maxChunk + 1}, {RcvBuf: -1}, {SndBuf: -1}, {ReadSize: -1},
		{Hold: -1}, {Timeout: -1}, {MTU: 100}, {MTU: 70000}} {
		if err := cfg.Validate(); err == nil {
			t.Errorf("Validate accepts %+v", cfg)
		}
	}
	if _, err := Find("flood"); err == nil {
		t.Error("there is a scenario called flood")
	}
}
