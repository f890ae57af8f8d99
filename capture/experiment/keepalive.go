//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// keepaliveHold is how long each part of the scenario lasts: three keep-alives
// at the kernel's shortest interval of a second.
const keepaliveHold = 3500 * time.Millisecond

// keepaliveLeast is the least: each probe puts off the receiver's keep-alives, so that the
// first comes when probes are more than a second apart, which takes the first three.
const keepaliveLeast = 3 * time.Second

func checkKeepalive(c *Config, _ *link.Config) error {
	if c.Hold != 0 && c.Hold < keepaliveLeast {
		return fmt.Errorf("hold %v: want %v or more, so that keep-alives come, a second apart", c.Hold, keepaliveLeast)
	}
	return nil
}

// keepalive makes both ends send keep-alives, first while the connection is idle
// and then while its window is closed. They look like Linux's probes but are not.
func keepalive(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	hold := rn.cfg.Hold
	if hold == 0 {
		hold = keepaliveHold
	}
	idle, err := rn.idleKeepalives(hold)
	if err != nil {
		return err
	}

	rn.step("the client floods; the server never reads but sends keep-alives too")
	if err := rn.server.keepalive(); err != nil {
		return err
	}
	f := rn.flood()
	if err := rn.untilBlocked(f.thread, &rn.client.sends, unix.SYS_SENDTO, "send"); err != nil {
		return err
	}
	if err := rn.read(kernel.MomentStall); err != nil {
		return err
	}
	before, err := rn.counts()
	if err != nil {
		return err
	}
	if err := rn.pause(hold); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}
	rn.findIdleKeepalives(idle)
	rn.findStallKeepalives(before)
	rn.findConserved()
	return nil
}

// keepalive enables keep-alives at the shortest intervals.
func (s *socket) keepalive() error {
	return errors.Join(
		s.set(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 1, "TCP_KEEPIDLE"),
		s.set(unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 1, "TCP_KEEPINTVL"),
		s.set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1, "SO_KEEPALIVE"),
	)
}

// idleCount counts what happened while the connection was idle.
type idleCount struct {
	client, server int64 // segments sent
	counted        int64 // TCPKeepAlive
	probed         int64 // TCPWinProbe
}

// idleKeepalives leaves the connection idle with the client's keep-alives on.
func (rn *runner) idleKeepalives(hold time.Duration) (idleCount, error) {
	rn.step("the connection is idle; the client sends keep-alives every second")
	if err := rn.client.keepalive(); err != nil {
		return idleCount{}, err
	}
	counters, err := rn.counts()
	if err != nil {
		return idleCount{}, err
	}
	begin := rn.reading("")
	if err := rn.pause(hold); err != nil {
		return idleCount{}, err
	}
	end, err := rn.settle("")
	if err != nil {
		return idleCount{}, err
	}
	after, err := rn.counts()
	return idleCount{
		client:  end.Sender.SegsOut - begin.Sender.SegsOut,
		server:  end.Receiver.SegsOut - begin.Receiver.SegsOut,
		counted: after["TCPKeepAlive"] - counters["TCPKeepAlive"],
		probed:  after["TCPWinProbe"] - counters["TCPWinProbe"],
	}, err
}

func (rn *runner) findIdleKeepalives(n idleCount) {
	exact := !rn.w.Isolated || n.counted == n.client && n.probed == 0
	rn.find(n.client > 0 && n.server == n.client && n.counted >= n.client && exact,
		"an idle connection's keep-alives are sent at even intervals, are answered, and count as keep-alives alone",
		"the client sent %s, the server %d; TCPKeepAlive rose by %d, TCPWinProbe by %d",
		words.Counted(n.client, "segment"), n.server, n.counted, n.probed)
}

// findStallKeepalives checks the second part: the sender, which has data, probes
// and sends no keep-alives; the receiver's keep-alives continue.
func (rn *runner) findStallKeepalives(before map[string]int64) {
	stalled, _ := rn.w.At(kernel.MomentStall)
	end, _ := rn.w.At(kernel.MomentEnd)
	var keepalives, probes int64
	for _, c := range rn.w.Counters {
		switch c.Name {
		case "TCPKeepAlive":
			keepalives = c.After - before[c.Name]
		case "TCPWinProbe":
			probes = c.After - before[c.Name]
		}
	}
	client := end.Sender.SegsOut - stalled.Sender.SegsOut
	server := end.Receiver.SegsOut - stalled.Receiver.SegsOut
	// Each end sends its own segments and answers to the other's, but not every
	// segment is answered (tcp_invalid_ratelimit).
	fits := client <= probes+keepalives && server <= probes+keepalives && client >= probes && server >= keepalives
	rn.find(probes > 0 && keepalives > 0 && (fits || !rn.w.Isolated),
		"while the window is closed the sender probes and the receiver's keep-alives go on: they look alike and are counted apart",
		"TCPWinProbe rose by %d, TCPKeepAlive by %d; the sender sent %s, the receiver %d", probes, keepalives, words.Counted(client, "segment"), server)
}
