//go:build cgo

package live

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/google/gopacket/pcap"

	"winwatch/capture"
)

// Source is a running capture. One goroutine at a time reads; Stop and Stats may
// be called from any.
type Source struct {
	name     string
	loopback bool
	handle   *pcap.Handle
	linkType capture.LinkType
	dec      capture.Decoder
	frame    uint64
	late     int // frames that came after Stop and were left out
	one      [1]capture.Segment
	err      error // set once the end has been reported

	save *capture.Writer // nil once it has failed

	// stopAt is when Stop was called, nil before.
	stopAt atomic.Pointer[time.Time]
	stats  atomic.Pointer[Stats]
	// before is what the kernel had counted when the filter was set: it does not
	// concern what is captured.
	before pcap.Stats
}

// Next reads the next TCP segment into s. It waits for one, and returns io.EOF
// when the capture was stopped and everything before that was delivered.
func (s *Source) Next(seg *capture.Segment) error {
	for {
		n, err := s.NextBatch(s.one[:])
		if n == 1 {
			*seg = s.one[0]
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// NextBatch reads the segments that are there, len(dst) at most. It waits for
// the first a tenth of a second, and returns 0 and no error if there was none.
// An error holds after the n segments.
func (s *Source) NextBatch(dst []capture.Segment) (n int, err error) {
	for n < len(dst) && s.err == nil {
		data, ci, err := s.handle.ZeroCopyReadPacketData()
		switch {
		case err == nil:
			if s.take(ci.Timestamp.UnixNano(), data, ci.Length, &dst[n]) {
				n++
			}
			continue
		case err == pcap.NextErrorTimeoutExpired:
			s.takeStats()
			s.endIfIdle()
			return n, s.err
		case errors.Is(err, io.EOF):
			s.err = io.EOF
		default:
			s.err = fmt.Errorf("capture on %s: %w", s.name, s.handle.Error())
		}
		s.takeStats()
	}
	return n, s.err
}

// statsEvery is how many frames may pass before the kernel's counts are read.
const statsEvery = 4096

// take saves and decodes a frame, and reports whether it gave a segment. What
// came after Stop is left out.
func (s *Source) take(timeNs int64, data []byte, wireLen int, seg *capture.Segment) bool {
	if stop := s.stopAt.Load(); stop != nil && timeNs > stop.UnixNano() {
		s.late++
		if timeNs > stop.Add(drainFor).UnixNano() {
			s.takeStats()
			s.err = io.EOF
		}
		return false
	}
	s.frame++
	if s.frame%statsEvery == 0 {
		s.takeStats()
	}
	if s.save != nil && s.save.WriteFrame(timeNs, data, wireLen) != nil {
		s.save = nil
	}
	if s.dec.Decode(s.linkType, data, wireLen, seg) != capture.Kept {
		return false
	}
	seg.Frame, seg.Time = s.frame, timeNs
	return true
}

// Stop ends the capture at this moment: frames up to now will be delivered, and
// none that is stamped later. It does not wait. The second call does nothing.
func (s *Source) Stop() {
	now := time.Now()
	s.stopAt.CompareAndSwap(nil, &now)
}

// readTimeout is how long the kernel may hold frames back to hand over many at
// once, and so the longest that Close and NextBatch wait.
const readTimeout = 100 * time.Millisecond

// drainFor is how long the kernel may take to hand over a frame: it retires a
// block of its ring after the read time-out, rounded up to its clock's ticks.
const drainFor = readTimeout + readTimeout/2

// endIfIdle ends the capture if nothing more can come: it was stopped long enough
// ago, or the interface is down. libpcap (1.10) tells of the latter only if the
// interface is gone; but what passes while it is down is missing, and statements
// across such a gap would be unsound. It is called when a read has found nothing.
func (s *Source) endIfIdle() {
	stop := s.stopAt.Load()
	switch {
	case stop != nil && time.Since(*stop) >= drainFor: // however the clock is set meanwhile
		s.err = io.EOF
	case stop == nil && s.name != Any && !isUp(s.name):
		s.err = fmt.Errorf("capture on %s: %w", s.name, ErrInterfaceDown)
	}
}

// takeStats reads the kernel's counts. Only the reading goroutine may: after
// Close the handle's memory is gone.
func (s *Source) takeStats() {
	st, err := s.handle.Stats()
	if err != nil {
		return
	}
	received := st.PacketsReceived - s.before.PacketsReceived
	if s.loopback {
		received = (received + 1) / 2 // each packet once as outgoing, which libpcap leaves out, and once as incoming
	}
	s.stats.Store(&Stats{
		Received:         received - s.late,
		Dropped:          st.PacketsDropped - s.before.PacketsDropped,
		InterfaceDropped: st.PacketsIfDropped - s.before.PacketsIfDropped,
	})
}

// Stats returns the kernel's counts: final after the end was reported, before
// that not older than the read time-out or 4,096 frames.
func (s *Source) Stats() Stats {
	if st := s.stats.Load(); st != nil {
		return *st
	}
	return Stats{}
}

// Counters returns what became of the frames: those delivered, and as
// KernelDrops and InterfaceDrops those lost, as of Stats. Only the reading
// goroutine may call it, or another once that one reads no more.
func (s *Source) Counters() capture.Counters {
	c, st := s.dec.Counters(), s.Stats()
	c.Noted[capture.KernelDrops] = uint64(st.Dropped)
	c.Noted[capture.InterfaceDrops] = uint64(st.InterfaceDropped)
	return c
}

// LinkType returns the frames' link type.
func (s *Source) LinkType() capture.LinkType { return s.linkType }

// Close ends the capture at once and frees the ring buffer. The reading
// goroutine calls it, or another when that one reads no more.
func (s *Source) Close() error {
	if s.err == nil {
		s.err = io.EOF
	}
	s.handle.Close()
	return nil
}
