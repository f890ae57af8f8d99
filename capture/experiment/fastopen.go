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

var fastOpen = Scenario{
	Name: "fast-open", Chunk: 100, Link: "delay=20ms", NeedsIsolation: true, Teaches: LessonEnds, check: checkFastOpen, run: runFastOpen,
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
	// fastOpenHost is the shortest round trip that shows, because a host takes some time to
	// wake its threads. A busy one may take longer: there are fastOpenTries.
	fastOpenHost  = 20 * time.Millisecond
	fastOpenTries = 3
	// synData is TCPI_OPT_SYN_DATA: the data in the SYN was accepted.
	synData = 32
)

func checkFastOpen(c *Config, _ *link.Config) error {
	if c.Chunk > fastOpenMost {
		return fmt.Errorf("chunk size %d: want a request that fits into a SYN, at most %d bytes", c.Chunk, fastOpenMost)
	}
	return nil
}

// runFastOpen sends the same request on two connections, one after the other. The first
// one obtains the cookie that lets the second one send data in its SYN. If the answer to
// that one is late, there are more.
func runFastOpen(rn *runner) error {
	const both = "3" // for clients and for servers
	restore, err := rn.sysctl("tcp_fastopen", both)
	if err != nil {
		return err
	}
	defer restore()
	p, spare, err := rn.openFastOpen()
	if err != nil {
		return err
	}
	defer func() {
		for _, s := range spare {
			if s != rn.client {
				s.discard()
			}
		}
	}()
	var first, second time.Duration // from the request to the whole answer
	var sent int64                  // requests with the cookie
	err = rn.establish(p, func(*pair) (server *socket, err error) {
		if err := p.listener.set(unix.IPPROTO_TCP, unix.TCP_FASTOPEN, 1, "TCP_FASTOPEN"); err != nil {
			return nil, err
		}
		rn.step("the first connection asks for a cookie in its SYN")
		if server, first, err = rn.request(p); err != nil {
			return nil, err
		}
		for _, client := range spare {
			if err := rn.closeOther(p.client, server); err != nil {
				return nil, err
			}
			rn.step("the next connection has the cookie and sends its request in the SYN")
			p.client = client
			if server, second, err = rn.request(p); err != nil {
				return nil, err
			}
			if sent++; second < 2*rn.rtt || rn.rtt < fastOpenHost {
				break
			}
		}
		return server, nil
	})
	if err != nil {
		return err
	}
	inSYN := [2]bool{acceptedInSYN(rn.client), acceptedInSYN(rn.server)}
	if err := rn.closeOrderly(); err != nil {
		return err
	}
	rn.findCookie(sent)
	rn.findDataInSYN(inSYN)
	rn.findSaved(first, second)
	return nil
}

// openFastOpen opens the sockets of the first connection, and the clients of the next ones.
func (rn *runner) openFastOpen() (p *pair, spare []*socket, err error) {
	if p, err = rn.open(); err != nil {
		return nil, nil, err
	}
	err = rn.on(kernel.ClientEnd, func() error {
		for range fastOpenTries {
			client, err := newClient(rn.w.Server, 0, 0, rn.cfg.Congestion)
			if err != nil {
				return err
			}
			spare = append(spare, client)
		}
		return nil
	})
	if err != nil {
		p.discard()
	}
	return p, spare, err
}

// closeOther closes a connection that the witness is not about.
func (rn *runner) closeOther(client, server *socket) error {
	defer client.discard()
	defer server.discard()
	rn.w.Others = append(rn.w.Others, kernel.Connection{Client: rn.w.Client, Server: rn.w.Server})
	client.shutdown(unix.SHUT_WR)
	server.shutdown(unix.SHUT_WR)
	return rn.await("the connection was closed", connectTimeout, func() bool {
		return client.state().State == "CLOSED" && server.state().State == "CLOSED"
	})
}

// request connects, sends a request with the SYN if the kernel has a cookie, or else
// after the handshake, and waits for the answer. took is the time until it was complete.
func (rn *runner) request(p *pair) (server *socket, took time.Duration, err error) {
	if err := p.client.bind(rn.host(kernel.ClientEnd)); err != nil { // so that accept knows it
		return nil, 0, err
	}
	if rn.w.Client, err = p.client.local(); err != nil {
		return nil, 0, err
	}
	answering := rn.spawn(func() (err error) {
		if server, err = p.listener.accept(rn.w.Client); err == nil {
			err = server.answerOnce(rn.cfg.Chunk)
		}
		return err
	})
	asking := rn.spawn(func() error {
		begin := time.Now()
		defer func() { took = time.Since(begin) }()
		return p.client.ask(rn.w.Server, rn.cfg.Chunk)
	})
	err = rn.join(asking, "the answer was there", 2*connectTimeout) // connect() has its own limit
	if err != nil {
		p.client.shutdown(unix.SHUT_RDWR) // ends both threads
	}
	<-asking.done
	<-answering.done
	if err == nil { // or else it is the reason why the answer failed, too
		err = answering.err
	}
	if err != nil && server != nil {
		server.discard()
	}
	return server, took, err
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

// findCookie checks that one connection asked for the cookie and the next ones used it.
func (rn *runner) findCookie(sent int64) {
	count := func(name string) int64 { n, _ := rn.w.Counter(name); return n }
	asked, client, server := count("TCPFastOpenCookieReqd"), count("TCPFastOpenActive"), count("TCPFastOpenPassive")
	rn.find(asked == 1 && client == sent && server == sent,
		"the first connection asks the server for a cookie; only with it may a SYN carry data (RFC 7413)",
		"TCPFastOpenCookieReqd rose by %d, TCPFastOpenActive by %d, TCPFastOpenPassive by %d", asked, client, server)
}

// findDataInSYN checks that the request travelled in the SYN, and counts as any other data.
func (rn *runner) findDataInSYN(accepted [2]bool) {
	end, _ := rn.w.At(kernel.MomentEnd)
	rn.find(accepted[kernel.ClientEnd] && accepted[kernel.ServerEnd] && end.ReadBytes == int64(rn.cfg.Chunk),
		"the next connection's request travels in the SYN: the server has it before the handshake is complete",
		"TCPI_OPT_SYN_DATA at the client: %v, at the server: %v; the server read %d bytes", accepted[kernel.ClientEnd], accepted[kernel.ServerEnd], end.ReadBytes)
	rn.findAllRead()
}

// findSaved checks that the second answer came after less than two round trips. On
// loopback, where a round trip takes no longer than waking a thread, nothing can be said,
// nor if it took longer because the link itself was late.
func (rn *runner) findSaved(first, second time.Duration) {
	if rn.rtt < fastOpenHost {
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
