//go:build linux

package experiment

import (
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// TestConnectSignalled sends a signal to a thread that waits in connect(), because the
// server's queue is full. The connection must come about all the same.
func TestConnectSignalled(t *testing.T) {
	listener, err := listen(netip.MustParseAddrPort("127.0.0.1:0"), 0, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.close()
	to, err := listener.local()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // one more than the backlog
		c, err := net.Dial("tcp", to.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	client, err := newClient(to, 0, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	defer client.discard()
	tid, result := make(chan int), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		tid <- unix.Gettid()
		result <- client.connect(to)
	}()
	waiting := &thread{tid: <-tid}
	for deadline := time.Now().Add(connectTimeout); !kernel.SleepsIn(waiting.tid, unix.SYS_CONNECT); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("connect() does not wait")
		}
	}
	if err := waiting.interrupt(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		fd, _, err := unix.Accept(listener.fd)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
	}
	if err := <-result; err != nil {
		t.Errorf("connect() that a signal interrupted: %v", err)
	}
}
