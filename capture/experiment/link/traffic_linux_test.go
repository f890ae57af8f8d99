package link

import (
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"winwatch/capture/kernel"
)

// connect returns the two ends of a TCP connection over the link.
func connect(tb testing.TB, l *Link, v6 bool) (client, server *net.TCPConn) {
	tb.Helper()
	addr := l.Host(kernel.ServerEnd).Addr4
	if v6 {
		addr = l.Host(kernel.ServerEnd).Addr6
	}
	var listener *net.TCPListener
	must(tb, l.Host(kernel.ServerEnd).Do(func() (err error) {
		listener, err = net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
		return err
	}))
	defer listener.Close()
	must(tb, l.Host(kernel.ClientEnd).Do(func() (err error) {
		client, err = net.DialTCP("tcp", nil, listener.Addr().(*net.TCPAddr))
		return err
	}))
	server, err := listener.AcceptTCP()
	must(tb, err)
	tb.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// transfer sends n bytes and returns how long it took until they had been received.
func transfer(tb testing.TB, from, to *net.TCPConn, n int64) time.Duration {
	tb.Helper()
	start := time.Now()
	sent := make(chan error, 1)
	go func() {
		_, err := io.CopyN(from, zeros{}, n)
		sent <- err
	}()
	_, err := io.CopyN(io.Discard, to, n)
	must(tb, err)
	must(tb, <-sent)
	return time.Since(start)
}

// zeros reads as many zeros as one wants.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// pingPong returns the shortest and the longest of n round trips of one byte.
func pingPong(tb testing.TB, client, server *net.TCPConn, n int) (shortest, longest time.Duration) {
	tb.Helper()
	go io.Copy(server, server)
	shortest = time.Hour
	for range n {
		start := time.Now()
		_, err := client.Write([]byte{1})
		must(tb, err)
		_, err = io.ReadFull(client, make([]byte, 1))
		must(tb, err)
		d := time.Since(start)
		shortest, longest = min(shortest, d), max(longest, d)
	}
	return shortest, longest
}
