package link

import (
	"errors"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// users runs a test as the user who runs the tests and as an ordinary user.
func users(t *testing.T, body func(t *testing.T)) {
	for name, nobody := range map[string]bool{"self": false, "nobody": true} {
		t.Run(name, func(t *testing.T) {
			if inMiddle(t, nobody) {
				body(t)
			}
		})
	}
}

// checkSums checks that the counts of a link at rest add up, and returns them.
func checkSums(t *testing.T, l *Link) (ways [2]kernel.Way) {
	t.Helper()
	for range 100 { // until nothing is on its way
		time.Sleep(10 * time.Millisecond)
		now := l.Report().Ways
		if now == ways {
			break
		}
		ways = now
	}
	for e, w := range ways {
		if w.Packets+w.Duplicated != w.Delivered+w.QueueFull+w.Lost+w.Filtered || w.Missed != 0 {
			t.Errorf("%v: the counts do not add up: %+v", kernel.End(e), w)
		}
	}
	return ways
}

// TestRate checks rate and delay. The bounds are generous, because the machine may be
// busy: TestMeasure measures.
func TestRate(t *testing.T) {
	users(t, func(t *testing.T) {
		l := open(t, "delay=20ms,rate=100mbit")
		client, server := connect(t, l, false)
		const bytes, rtt = 20e6, 40 * time.Millisecond
		rate := bytes * 8 / transfer(t, client, server, bytes).Seconds()
		// If packets left late, the machine is busy, and the sender's threads may be late, too.
		late := l.Report().Ways[kernel.ClientEnd].Latest
		if rate > 100e6 || rate < 40e6 && late < rtt/10 {
			t.Errorf("the transfer ran at %.1f Mbit/s; packets left up to %v late", rate/1e6, late)
		}
		if shortest, longest := pingPong(t, client, server, 20); shortest < rtt || shortest > rtt*5/4 {
			t.Errorf("round trips take %v to %v", shortest, longest)
		}
		if w := checkSums(t, l)[kernel.ClientEnd]; w.QueuePeakBytes == 0 || w.QueuePeakBytes > 489<<10 {
			t.Errorf("the queue held %d bytes", w.QueuePeakBytes)
		}
	})
}

// TestUnlimited checks that the link itself loses nothing when both hosts send as fast
// as they can, over IPv6 and with small packets too.
func TestUnlimited(t *testing.T) {
	users(t, func(t *testing.T) {
		l := open(t, "")
		for _, v6 := range []bool{false, true} {
			client, server := connect(t, l, v6)
			back := make(chan struct{})
			go func() {
				defer close(back)
				transfer(t, server, client, 50e6)
			}()
			transfer(t, client, server, 50e6)
			<-back
		}
		const datagrams = 5000 // nothing slows them down: they must fit the ring
		from, to := datagramSockets(t, l)
		for range datagrams {
			_, err := from.WriteTo([]byte("small"), to)
			must(t, err)
		}
		for e, w := range checkSums(t, l) {
			if w.Lost+w.QueueFull+w.Filtered+w.Duplicated+w.Reordered+w.Rewritten != 0 {
				t.Errorf("%v: %+v", kernel.End(e), w)
			}
		}
	})
}

// datagramSockets returns a UDP socket of the client, and an address of the server that
// it may send to.
func datagramSockets(t *testing.T, l *Link) (from net.PacketConn, to net.Addr) {
	t.Helper()
	must(t, l.Host(kernel.ClientEnd).Do(func() (err error) {
		from, err = net.ListenPacket("udp", "0.0.0.0:0")
		return err
	}))
	var sink net.PacketConn // nobody reads from it
	must(t, l.Host(kernel.ServerEnd).Do(func() (err error) {
		sink, err = net.ListenPacket("udp", l.Host(kernel.ServerEnd).Addr4.String()+":0")
		return err
	}))
	t.Cleanup(func() { from.Close(); sink.Close() })
	return from, sink.LocalAddr()
}

// TestImpaired checks that TCP comes through all that the link can do, and that the
// counts tell of it.
func TestImpaired(t *testing.T) {
	users(t, func(t *testing.T) {
		l := open(t, "delay=1ms,rate=50mbit,queue=32k,loss=1%,reorder=1%,duplicate=1%,strip=/timestamps")
		client, server := connect(t, l, false)
		transfer(t, client, server, 5e6)
		w := checkSums(t, l)
		if c := w[kernel.ClientEnd]; c.Lost == 0 || c.Reordered == 0 || c.Duplicated == 0 || c.QueueFull == 0 || c.Rewritten != 0 {
			t.Errorf("from the client: %+v", c)
		}
		if s := w[kernel.ServerEnd]; s.Rewritten == 0 {
			t.Errorf("from the server: %+v", s)
		}
		raw, err := client.SyscallConn()
		must(t, err)
		must(t, raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			must(t, err)
			const timestamps, wscale = 1, 4 // TCPI_OPT_TIMESTAMPS, TCPI_OPT_WSCALE (linux/tcp.h)
			if info.Options&(timestamps|wscale) != wscale {
				t.Errorf("the client's options are %#x", info.Options)
			}
		}))
	})
}

func TestDrop(t *testing.T) {
	if !inMiddle(t, false) {
		return
	}
	l := open(t, "delay=1ms")
	client, server := connect(t, l, true)
	fromClient := func(p Packet) bool { return p.From == kernel.ClientEnd && p.Data[0]>>4 == 6 }
	l.Drop(fromClient)
	_, err := client.Write([]byte("lost"))
	must(t, err)
	must(t, server.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	if n, err := server.Read(make([]byte, 4)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes came through, error %v", n, err)
	}
	l.Drop(nil)
	must(t, server.SetReadDeadline(time.Now().Add(10*time.Second)))
	if n, err := server.Read(make([]byte, 4)); n != 4 {
		t.Errorf("%d bytes came through later, error %v", n, err)
	}
	if w := checkSums(t, l); w[0].Filtered == 0 || w[1].Filtered != 0 {
		t.Errorf("filtered %d and %d packets", w[0].Filtered, w[1].Filtered)
	}
}

// TestClose checks that nothing is left of a link, and that another one can be opened.
func TestClose(t *testing.T) {
	users(t, func(t *testing.T) {
		count := func() (goroutines, files int) {
			entries, err := os.ReadDir("/proc/self/fd")
			must(t, err)
			return runtime.NumGoroutine(), len(entries)
		}
		cycle := func() *Link {
			l, err := Open(Config{})
			must(t, err)
			if _, err := Open(Config{}); err == nil {
				t.Error("two links could be opened")
			}
			tap, err := l.Capture(nil)
			must(t, err)
			must(t, tap.Close())
			must(t, l.Close())
			must(t, l.Close())
			return l
		}
		cycle() // the network poller stays
		goroutines, files := count()
		processors := runtime.GOMAXPROCS(0)
		for range 3 {
			l := cycle()
			if err := l.Host(kernel.ClientEnd).Do(func() error { return nil }); !errors.Is(err, ErrClosed) {
				t.Errorf("Do after Close: %v", err)
			}
			if r := l.Report(); r.Ways[0].Missed != 0 {
				t.Errorf("Report after Close: %+v", r)
			}
		}
		g, f := count()
		for range 100 { // a goroutine that has said that it ends is there for a moment more
			if g <= goroutines {
				break
			}
			time.Sleep(10 * time.Millisecond)
			g, f = count()
		}
		if g > goroutines || f != files || runtime.GOMAXPROCS(0) != processors {
			t.Errorf("%d goroutines and %d files, before %d and %d; %d processors, before %d",
				g, f, goroutines, files, runtime.GOMAXPROCS(0), processors)
		}
	})
}
