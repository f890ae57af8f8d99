//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

var proxy = Scenario{
	Name: "proxy", Chunk: 1000, Teaches: LessonApps, check: checkProxy, run: runProxy,
	Summary: "a server that is a proxy: the backend stops reading, and the client pays for it",
	Expected: kernel.Expected{
		SetUp:  "the proxy does not read because it is blocked in send() to a backend that does not read",
		Causes: []string{"waits-for-other-stream"}, Limit: kernel.LimitWindow,
	},
	Sensitive: append([]Setting{SetHold}, filling...),
}

const (
	// proxyPauses is how often the backend stops reading. It takes three to tell cause from
	// coincidence (cause.Limits.TogetherOften).
	proxyPauses = 3
	// proxyProbes is how many probes the client sends in each pause: it lasts more than a
	// second, against which the time is short that a host under load takes to go on.
	proxyProbes = 3
	// proxyMore is how much the client sends between two pauses: more than the buffers
	// in between hold.
	proxyMore = 8 << 20
	// proxyBuffer is SO_RCVBUF of the backend and SO_SNDBUF of the proxy. Auto-tuned, they
	// would hold some 30 MB, and it would take long until the client feels what the backend
	// does.
	proxyBuffer = 256 << 10
)

// proxied is the second connection, from the proxy to the backend, and what uses it.
type proxied struct {
	out, backend *socket
	// passing is the thread that passes data on.
	passing *thread
	// blocked is where passing was blocked in the first pause, stall the sockets then.
	blocked    *kernel.BlockedCall
	outStalled kernel.SocketState
	unread     int64
	// paused is the shortest time for which the client was blocked, wentOn the longest
	// after which it went on when the backend read.
	paused, wentOn time.Duration
}

func checkProxy(c *Config, l *link.Config) error {
	if c.IPv6 && l == nil {
		return errors.New("three parties need three addresses, and loopback has only one of IPv6: use IPv4 or a link")
	}
	if l != nil && (l.Ways[kernel.ClientEnd].Loss > 0 || l.Ways[kernel.ServerEnd].Loss > 0) {
		return fmt.Errorf("a link that loses packets: want one that doesn't, because %d MB must pass between the pauses, and that takes too long", proxyPauses*proxyMore>>20)
	}
	return nil
}

// runProxy passes a flood on from client to backend. The backend pauses several times.
func runProxy(rn *runner) error {
	p, err := rn.connectProxy()
	if err != nil {
		return err
	}
	rn.step("the client sends %d bytes a call; the proxy passes everything on to the backend", rn.cfg.Chunk)
	f := rn.flood()
	p.passing = rn.spawn(func() error { return pass(rn.server, p.out) })
	var r *thread
	for i := range int64(proxyPauses) {
		if err := rn.backendPauses(p, f, i); err != nil {
			return err
		}
		if r, err = rn.backendReads(p, f, i == proxyPauses-1); err != nil {
			return err
		}
	}
	if err := rn.join(f.thread, "the client has sent all", rn.cfg.Timeout); err != nil {
		return err
	}
	err = rn.await("the backend has read all", rn.cfg.Timeout, func() bool {
		return p.backend.recvs.bytes.Load() == rn.sender.sends.bytes.Load()
	})
	if err != nil {
		return err
	}
	closing := rn.spawn(func() error {
		<-r.done
		p.backend.shutdown(unix.SHUT_WR)
		return r.err
	})
	if err := rn.closeOrderly(p.passing, closing); err != nil {
		return err
	}
	rn.findProxyBlocked(p)
	rn.findTwoClosed(p)
	rn.findPassedOn(p)
	return nil
}

// connectProxy makes both connections. The backend shares the client's host or, on
// loopback, has an address of its own, like the client, so that three parties can be told
// apart; its port is the proxy's, so that one filter captures both connections.
func (rn *runner) connectProxy() (*proxied, error) {
	client, backend := rn.host(kernel.ClientEnd), rn.host(kernel.ClientEnd)
	if rn.link == nil {
		client, backend = netip.AddrFrom4([4]byte{127, 0, 0, 3}), netip.AddrFrom4([4]byte{127, 0, 0, 2})
	}
	front, err := rn.open()
	if err != nil {
		return nil, err
	}
	if err := front.client.bind(client); err != nil {
		front.discard()
		return nil, err
	}
	to := netip.AddrPortFrom(backend, rn.w.Server.Port())
	back, err := rn.openBetween(kernel.ClientEnd, to, sizes{rcv: proxyBuffer}, sizes{snd: proxyBuffer})
	if err != nil {
		front.discard()
		return nil, err
	}
	defer back.listener.close()
	rn.others = append(rn.others, back.client)
	if err := rn.establish(front, rn.meet); err != nil {
		back.client.discard()
		return nil, err
	}
	server, local, err := back.connect()
	if err != nil {
		return nil, err
	}
	rn.others = append(rn.others, server)
	rn.w.Others = append(rn.w.Others, kernel.Connection{Client: local, Server: to})
	return &proxied{out: back.client, backend: server}, nil
}

// pass sends on what it receives, with blocking calls, as a simple proxy does, until the
// peer closes, and then closes too.
func pass(in, out *socket) error {
	for buf := make([]byte, defaultReadSize); ; {
		n, errno := in.recv(buf)
		switch {
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return fmt.Errorf("recv: %w", errno)
		case n == 0:
			out.shutdown(unix.SHUT_WR)
			return nil
		}
		for rest := buf[:n]; len(rest) > 0; {
			sent, errno := out.send(rest)
			if errno != 0 && errno != unix.EINTR {
				return fmt.Errorf("send: %w", errno)
			}
			rest = rest[sent:]
		}
	}
}

// backendPauses waits until everybody is blocked because the backend does not read, and
// has been for a number of probes.
func (rn *runner) backendPauses(p *proxied, f *flood, pause int64) error {
	rn.step("the backend does not read")
	if err := rn.untilBlocked(p.passing, &p.out.sends, unix.SYS_SENDTO, "the proxy's send"); err != nil {
		return err
	}
	if err := rn.untilBlocked(f.thread, &rn.sender.sends, unix.SYS_SENDTO, "the client's send"); err != nil {
		return err
	}
	before := rn.sampler.count()
	if err := rn.hold(max(before.total, pause*proxyProbes) + proxyProbes); err != nil {
		return err
	}
	if pause > 0 {
		return nil
	}
	rn.w.Blocked = f.proof(rn.sender.sends.entered.Load())
	p.blocked = p.passing.proof(p.out.sends.entered.Load())
	p.outStalled, p.unread = p.out.state(), p.backend.state().UnreadBytes
	return rn.read(kernel.MomentStall)
}

// backendReads lets the backend read until the client has sent some more or, at last,
// everything until the end.
func (rn *runner) backendReads(p *proxied, f *flood, last bool) (*thread, error) {
	rn.step("the backend reads")
	until := rn.sender.sends.bytes.Load() + proxyMore
	stop := make(chan struct{})
	if last {
		f.limit.Store(until)
	}
	calls, wake := rn.sender.sends.n.Load(), time.Now()
	if d := since(rn.sender.sends.entered.Load()); p.paused == 0 || d < p.paused {
		p.paused = d
	}
	r := rn.readerOf(p.backend, defaultReadSize, 0, stop, nil)
	err := rn.await("the client went on", rn.cfg.Timeout, func() bool { return rn.sender.sends.n.Load() > calls })
	p.wentOn = max(p.wentOn, time.Since(wake))
	if err != nil || last {
		return r, err
	}
	err = rn.await("the client has sent more", rn.cfg.Timeout, func() bool { return rn.sender.sends.bytes.Load() >= until })
	close(stop)
	return r, errors.Join(err, rn.join(r, "the backend stopped", connectTimeout))
}

// findProxyBlocked checks why the proxy does not read.
func (rn *runner) findProxyBlocked(p *proxied) {
	b := p.blocked
	rn.find(b.State == "S" && (b.Syscall == "" || b.Syscall == "sendto"),
		"a proxy that is blocked in send() to one peer does not read from the other",
		"the proxy's thread had been asleep in send() for %v", time.Duration(b.Seen-b.At))
}

// findTwoClosed checks that both windows were closed, and who would have had to read.
func (rn *runner) findTwoClosed(p *proxied) {
	stall, _ := rn.w.At(kernel.MomentStall)
	rn.find(p.outStalled.SndWnd == 0 && stall.Sender.SndWnd == 0 && p.unread > 0 && stall.Receiver.UnreadBytes > 0,
		"two windows are closed, but one program is the cause: the backend, which the client does not even know",
		"window %d from backend to proxy, %d from proxy to client; unread at the backend %d bytes, at the proxy %d, waiting to be sent at the proxy %d, at the client %d",
		p.outStalled.SndWnd, stall.Sender.SndWnd, p.unread, stall.Receiver.UnreadBytes, p.outStalled.SendQueueBytes, stall.Sender.SendQueueBytes)
}

// findPassedOn checks that the client goes on soon after the backend does, and that no
// byte is missing.
func (rn *runner) findPassedOn(p *proxied) {
	// Over a link, the proxy first has to pass on what it holds: in slow start, then a buffer's
	// worth in each round trip.
	stall, _ := rn.w.At(kernel.MomentStall)
	rounds := steadyRounds + (stall.Receiver.UnreadBytes+p.outStalled.SendQueueBytes)/proxyBuffer
	rn.find(p.wentOn < p.paused/2+time.Duration(rounds)*rn.rtt, "as soon as the backend reads, the client's send() comes back",
		"%d times: it had been blocked for %v or more, and came back after %v at the most",
		proxyPauses, p.paused, p.wentOn)
	end, _ := rn.w.At(kernel.MomentEnd)
	passed, read := p.out.sends.bytes.Load(), p.backend.recvs.bytes.Load()
	rn.find(end.AcceptedBytes == end.ReadBytes && end.ReadBytes == passed && passed == read,
		"what the client sent is what the backend got, to the byte",
		"send() accepted %d from the client, the proxy read %d and sent %d, the backend read %d", end.AcceptedBytes, end.ReadBytes, passed, read)
}
