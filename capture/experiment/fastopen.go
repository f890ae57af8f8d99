//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

var fastOpen = Scenario{
	Name: "fast-open", Chunk: 100, Link: "delay=20ms", NeedsIsolation: true, Teaches: LessonEnds, run: runFastOpen,
	Summary: "TCP Fast Open: the second connection carries its request in the SYN and saves a round trip",
	Expected: kernel.Expected{
		SetUp:  "a request that travels in the SYN, and its answer: nobody waits for a window",
		Causes: []string{"ok", "sender-idle"},
	},
}

const (
	fastOpenAnswer = 1000
	// fastOpenMost is what a SYN carries on a path with the smallest MTU, besides its
	// headers and options.
	fastOpenMost = minMTU - 40 - 60
	// synData is TCPI_OPT_SYN_DATA: the data in the SYN was accepted.
	synData = 32
)

// runFastOpen sends the same request on two connections, one after the other. The first
// one obtains the cookie that lets the second one send data in its SYN.
func runFastOpen(rn *runner) error {
	if rn.cfg.Chunk > fastOpenMost {
		return fmt.Errorf("chunk size %d: want a request that fits into a SYN, at most %d bytes", rn.cfg.Chunk, fastOpenMost)
	}
	const both = "3" // for clients and for servers
	restore, err := rn.sysctl("tcp_fastopen", both)
	if err != nil {
		return err
	}
	defer restore()
	again, err := rn.open()
	if err != nil {
		return err
	}
	once := &pair{listener: again.listener}
	err = rn.on(kernel.ClientEnd, func() (err error) {
		once.client, err = newClient(rn.w.Server, 0, 0, rn.cfg.Congestion)
		return err
	})
	if err != nil {
		again.discard()
		return err
	}
	defer once.client.discard()
	var first, second time.Duration // from the request to the whole answer
	err = rn.establish(again, func(*pair) (server *socket, err error) {
		if err := again.listener.set(unix.IPPROTO_TCP, unix.TCP_FASTOPEN, 1, "TCP_FASTOPEN"); err != nil {
			return nil, err
		}
		if first, err = rn.obtainCookie(once); err != nil {
			return nil, err
		}
		rn.step("the second connection has the cookie and sends its request in the SYN")
		server, rn.w.Client, second, err = rn.request(again)
		return server, err
	})
	if err != nil {
		return err
	}
	inSYN := [2]bool{acceptedInSYN(rn.client), acceptedInSYN(rn.server)}
	if err := rn.closeOrderly(); err != nil {
		return err
	}
	rn.findCookie()
	rn.findDataInSYN(inSYN)
	rn.findSaved(first, second)
	return nil
}

// obtainCookie makes the first connection, and closes it.
func (rn *runner) obtainCookie(p *pair) (took time.Duration, err error) {
	rn.step("the first connection asks for a cookie in its SYN")
	server, local, took, err := rn.request(p)
	if err != nil {
		return 0, err
	}
	defer server.discard()
	rn.w.Others = append(rn.w.Others, kernel.Connection{Client: local, Server: rn.w.Server})
	p.client.shutdown(unix.SHUT_WR)
	server.shutdown(unix.SHUT_WR)
	return took, rn.await("the first connection was closed", connectTimeout, func() bool {
		return p.client.state().State == "CLOSED" && server.state().State == "CLOSED"
	})
}

// request connects, sends a request with the SYN if the kernel has a cookie, or else
// after the handshake, and waits for the answer. took is the time until it was complete.
func (rn *runner) request(p *pair) (server *socket, local netip.AddrPort, took time.Duration, err error) {
	if err := p.client.bind(rn.host(kernel.ClientEnd)); err != nil { // so that accept knows it
		return nil, local, 0, err
	}
	if local, err = p.client.local(); err != nil {
		return nil, local, 0, err
	}
	answering := rn.spawn(func() (err error) {
		if server, err = p.listener.accept(local); err == nil {
			err = server.answerOnce(rn.cfg.Chunk)
		}
		return err
	})
	asking := rn.spawn(func() error {
		begin := time.Now()
		defer func() { took = time.Since(begin) }()
		return p.client.ask(rn.w.Server, rn.cfg.Chunk)
	})
	err = rn.join(asking, "the answer was there", connectTimeout)
	if err != nil {
		p.client.shutdown(unix.SHUT_RDWR) // ends both threads
	}
	<-asking.done
	<-answering.done
	if err = errors.Join(err, answering.err); err != nil && server != nil {
		server.discard()
	}
	return server, local, took, err
}

// answerOnce reads a request of some bytes and answers it.
func (s *socket) answerOnce(request int) error {
	if err := s.recvAll(request); err != nil {
		return err
	}
	if _, errno := s.send(payload(fastOpenAnswer)); errno != 0 {
		return fmt.Errorf("send: %w", errno)
	}
	return nil
}

// ask connects with TCP Fast Open, sends a request of some bytes, and reads the answer.
func (s *socket) ask(server netip.AddrPort, request int) error {
	// A blocking call that a signal interrupts doesn't say whether the SYN took the data.
	const flags = unix.MSG_FASTOPEN | unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL
	begin, rest := time.Now(), payload(request)
	n, err := unix.SendmsgN(s.fd, rest, nil, sockaddr(server), flags)
	switch {
	case err == nil:
		s.sends.count(begin, n, request, 0)
		rest = rest[n:]
	case errors.Is(err, unix.EINPROGRESS): // no cookie: the SYN carried no data
		err = s.connected()
	}
	if err != nil {
		return fmt.Errorf("connect to %s with MSG_FASTOPEN: %w", server, err)
	}
	for len(rest) > 0 {
		n, errno := s.send(rest)
		if errno != 0 && errno != unix.EINTR {
			return fmt.Errorf("send: %w", errno)
		}
		rest = rest[n:]
	}
	return errors.Join(s.recvAll(fastOpenAnswer), s.timeouts(0))
}

// recvAll reads exactly n bytes.
func (s *socket) recvAll(n int) error {
	for buf := make([]byte, n); len(buf) > 0; {
		got, errno := s.recv(buf)
		switch {
		case errno != 0 && errno != unix.EINTR:
			return fmt.Errorf("recv: %w", errno)
		case got == 0 && errno == 0:
			return errors.New("recv: the peer closed too early")
		}
		buf = buf[got:]
	}
	return nil
}

// acceptedInSYN reports whether the kernel says that the SYN's data was accepted.
func acceptedInSYN(s *socket) bool {
	info, err := unix.GetsockoptTCPInfo(s.fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return err == nil && info.Options&synData != 0
}

// findCookie checks that one connection asked for the cookie and the other one used it.
func (rn *runner) findCookie() {
	count := func(name string) int64 { n, _ := rn.w.Counter(name); return n }
	asked, client, server := count("TCPFastOpenCookieReqd"), count("TCPFastOpenActive"), count("TCPFastOpenPassive")
	rn.find(asked == 1 && client == 1 && server == 1,
		"the first connection asks the server for a cookie; only with it may a SYN carry data (RFC 7413)",
		"TCPFastOpenCookieReqd rose by %d, TCPFastOpenActive by %d, TCPFastOpenPassive by %d", asked, client, server)
}

// findDataInSYN checks that the request travelled in the SYN, and counts as any other data.
func (rn *runner) findDataInSYN(accepted [2]bool) {
	end, _ := rn.w.At(kernel.MomentEnd)
	rn.find(accepted[kernel.ClientEnd] && accepted[kernel.ServerEnd] && end.ReadBytes == int64(rn.cfg.Chunk),
		"the second connection's request travels in the SYN: the server has it before the handshake is complete",
		"TCPI_OPT_SYN_DATA at the client: %v, at the server: %v; the server read %d bytes", accepted[kernel.ClientEnd], accepted[kernel.ServerEnd], end.ReadBytes)
	rn.findAllRead()
}

// findSaved checks that the second answer came after less than two round trips. On
// loopback, where a round trip takes no longer than waking a thread, nothing can be said,
// nor if it took longer because the link itself was late.
func (rn *runner) findSaved(first, second time.Duration) {
	const host = 10 * time.Millisecond // what a host may take to wake its threads
	if rn.rtt < 2*host {
		return
	}
	two := 2 * rn.rtt
	path := rn.link.Report()
	if late := path.Ways[kernel.ClientEnd].Latest + path.Ways[kernel.ServerEnd].Latest; second >= two && second-late < two {
		rn.step("the link was late by up to %v: how long the answer took shows nothing", late)
		return
	}
	rn.find(first >= two && second >= rn.rtt && second < two,
		"that saves a round trip: the answer comes after one instead of two",
		"first after %v, then after %v, on a path with a round trip of %v", first, second, rn.rtt)
}
