//go:build linux

package experiment

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// message is the text that the classic demonstration sends over and over.
const message = "helloworld"

// payload returns n bytes of repeated message.
func payload(n int) []byte {
	return bytes.Repeat([]byte(message), n/len(message)+1)[:n]
}

// flood is a thread that sends chunks with blocking send().
type flood struct {
	*thread
	// limit is the number of accepted bytes after which it stops; 0 is no limit.
	limit atomic.Int64
	// errno is the result of the last send(), valid once the thread has ended.
	errno unix.Errno
}

// flood starts sending until its limit is reached or the connection goes down.
func (rn *runner) flood() *flood { return rn.floodFrom(rn.sender) }

// floodFrom is flood for either end.
func (rn *runner) floodFrom(s *socket) *flood {
	f := &flood{}
	chunk := payload(rn.cfg.Chunk)
	f.thread = rn.spawn(func() error {
		for rest := chunk; !f.enough(s.sends.bytes.Load()); {
			var n int
			n, f.errno = s.send(rest)
			switch f.errno {
			case 0, unix.EINTR:
			case unix.EPIPE, unix.ECONNRESET:
				return nil
			default:
				return fmt.Errorf("send: %w", f.errno)
			}
			if rest = rest[n:]; len(rest) == 0 {
				rest = chunk
			}
		}
		return nil
	})
	return f
}

// enough reports whether the limit is reached.
func (f *flood) enough(accepted int64) bool {
	limit := f.limit.Load()
	return limit != 0 && accepted >= limit
}

const (
	// blockedFor is how long a call must last to count as blocked: longer than any
	// pause in a flood that still flows.
	blockedFor = 250 * time.Millisecond
	// floodLimit is how long filling both buffers may take.
	floodLimit = 40 * time.Second
)

// untilBlocked waits until the thread has been in the same system call for
// blockedFor and sleeps there.
func (rn *runner) untilBlocked(t *thread, c *calls, number int64, name string) error {
	err := rn.await(name+"() blocks", floodLimit, func() bool {
		entered := c.entered.Load()
		return t.ended() || entered != 0 && since(entered) > blockedFor+2*rn.rtt && kernel.SleepsIn(t.tid, number)
	})
	if err == nil && t.ended() {
		return fmt.Errorf("%s() never blocked: the thread ended: %w", name, t.err)
	}
	return err
}

// since returns how long ago a Unix time (ns) was. If the clock was set back in the
// meantime, the result is still positive, so that no caller waits for the clock to
// catch up.
func since(at int64) time.Duration { return time.Duration(time.Now().UnixNano() - at).Abs() }

// hold waits until the given number of probes was sent, or for Config.Hold from the
// time send() blocked.
func (rn *runner) hold(probes int64) error {
	if rn.cfg.Hold > 0 {
		entered := rn.sender.sends.entered.Load()
		return rn.pause(rn.cfg.Hold - since(entered))
	}
	// The interval doubles with each probe: probes 1 to n take less than RTO << n.
	rto := max(time.Duration(rn.sender.state().RTO), time.Duration(minProbeInterval))
	limit := rto<<probes + 5*time.Second
	return rn.await(fmt.Sprintf("probe %d was sent", probes), limit, func() bool {
		count := rn.sampler.count()
		return count.total >= probes
	})
}

// stall waits until the flood's send() blocks, then holds the stall for a number of
// probes.
func (rn *runner) stall(f *flood, probes int64) error {
	if err := rn.untilBlocked(f.thread, &rn.sender.sends, unix.SYS_SENDTO, "send"); err != nil {
		return err
	}
	rn.step("send() blocked after %d calls and %d bytes; both ends hold still", rn.sender.sends.n.Load(), rn.sender.sends.bytes.Load())
	if err := rn.hold(probes); err != nil {
		return err
	}
	return rn.read(kernel.MomentStall)
}
