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

// Source is a running capture. Only one goroutine at a time may read; Stop and
// Stats may be called from any goroutine.
type Source struct {
	name     string
	loopback bool
	handle   *pcap.Handle
	state    state // of the interface; unused for Any
	linkType capture.LinkType
	dec      capture.Decoder
	frame    uint64
	late     int // frames stamped after Stop, which are left out
	one      [1]capture.Segment
	err      error // set once the end has been reported

	save *capture.Writer // nil once it has failed

	// stopAt is when Stop was called, nil before.
	stopAt atomic.Pointer[time.Time]
	stats  atomic.Pointer[Stats]
	// before holds the kernel's counts from before the filter was set: they don't
	// concern this capture.
	before pcap.Stats
}

// Next waits for the next TCP segment and reads it into seg. It returns io.EOF
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

// NextBatch reads the available segments, at most len(dst). It waits a tenth of a
// second for the first, and returns 0 and no error if none arrives. An error
// applies after the n segments.
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

// statsEvery is the number of frames between two readings of the kernel's counts.
const statsEvery = 4096

// take saves and decodes a frame, and reports whether it holds a segment. Frames
// stamped after Stop are left out.
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

// Stop ends the capture at this moment: frames up to now are still delivered,
// frames stamped later are not. It does not wait. Further calls do nothing.
func (s *Source) Stop() {
	now := time.Now()
	s.stopAt.CompareAndSwap(nil, &now)
}

// readTimeout is how long the kernel may hold frames back to deliver many at once,
// and therefore the longest that Close and NextBatch wait.
const readTimeout = 100 * time.Millisecond

// drainFor is how long the kernel may take to deliver a frame: it retires a block
// of its ring after the read time-out, rounded up to its clock's ticks.
const drainFor = readTimeout + readTimeout/2

// endIfIdle ends the capture if nothing more can arrive: it was stopped long
// enough ago, or the interface is down. libpcap (1.10) reports only an interface
// that has disappeared; but the traffic of an interface that is down is missing,
// and conclusions across such a gap would be unsound. endIfIdle is called after a
// read that found nothing.
func (s *Source) endIfIdle() {
	stop := s.stopAt.Load()
	switch {
	case stop != nil && time.Since(*stop) >= drainFor: // monotonic: setting the clock does not matter
		s.err = io.EOF
	case stop == nil && s.name != Any && !s.state.isUp():
		s.err = fmt.Errorf("capture on %s: %w", s.name, ErrInterfaceDown)
	}
}

// takeStats reads the kernel's counts. Only the reading goroutine may call it:
// Close frees the handle's memory.
func (s *Source) takeStats() {
	st, err := s.handle.Stats()
	if err != nil {
		return
	}
	received := st.PacketsReceived - s.before.PacketsReceived
	if s.loopback {
		received = (received + 1) / 2 // each packet counts as outgoing, which libpcap drops, and as incoming
	}
	s.stats.Store(&Stats{
		Received:         received - s.late,
		Dropped:          st.PacketsDropped - s.before.PacketsDropped,
		InterfaceDropped: st.PacketsIfDropped - s.before.PacketsIfDropped,
	})
}

// Stats returns the kernel's counts. They are final once the end was reported;
// until then they lag by at most the read time-out or 4,096 frames.
func (s *Source) Stats() Stats {
	if st := s.stats.Load(); st != nil {
		return *st
	}
	return Stats{}
}

// Counters returns the counters of the delivered frames, with the lost ones from
// Stats noted as KernelDrops and InterfaceDrops. Only the reading goroutine may
// call it, or another one after reading has ended.
func (s *Source) Counters() capture.Counters {
	c, st := s.dec.Counters(), s.Stats()
	c.Noted[capture.KernelDrops] = uint64(st.Dropped)
	c.Noted[capture.InterfaceDrops] = uint64(st.InterfaceDropped)
	return c
}

// LinkType returns the link type of the frames.
func (s *Source) LinkType() capture.LinkType { return s.linkType }

// Close ends the capture at once and frees the ring buffer. Only the reading
// goroutine may call it, or another one after reading has ended.
func (s *Source) Close() error {
	if s.err == nil {
		s.err = io.EOF
	}
	s.handle.Close()
	s.state.close()
	return nil
}
