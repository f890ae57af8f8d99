package link

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"winwatch/capture"
	"winwatch/capture/kernel"
)

// Tap is a capture in the middle of the link: behind the queue, with half of the delay
// behind and half ahead. Its methods mean the same as those of live.Source. Only one
// goroutine at a time may read; Stop may be called from any goroutine.
type Tap struct {
	link  *Link
	clock clock
	half  [2]int64 // half of each way's delay
	hold  int64    // how long packets are held back to put both ways in order
	dec   capture.Decoder
	frame uint64
	last  int64           // the time of the last packet read
	save  *capture.Writer // nil once it has failed
	end   error           // set once the end has been reported

	stopAt atomic.Int64 // when Stop was called, 0 before

	mu      sync.Mutex
	ways    [2]fifo[tapped]
	bytes   int    // held in ways
	dropped uint64 // because too much was unread
}

// tapped is a packet that passed the middle.
type tapped struct {
	time    int64
	data    []byte
	wireLen int
}

const (
	// tapHold is how late a relay may be without the order of the packets suffering. The
	// time of a packet that it delivers later is that of the one before.
	tapHold = 50 * time.Millisecond
	// tapSnaplen limits the bytes of a packet that are kept. It has room for IPv6 with
	// extension headers and TCP with all its options; payload is not needed.
	tapSnaplen = 256
	// tapMemory bounds the memory of packets that nobody reads, as a capture's ring
	// buffer does: there is room for 130,000 packets at least.
	tapMemory = 32 << 20
	// tapWait is how long NextBatch waits for the first packet.
	tapWait = 100 * time.Millisecond
	// tapPoll is the time between two looks at whether a packet is there.
	tapPoll = 5 * time.Millisecond
)

// Capture returns a source of the packets in the middle of the link, from now on. If
// save is not nil, it gets all packets as a nanosecond pcap; it is neither flushed nor
// closed. There is one Tap at a time: the next Capture needs a Close before.
func (l *Link) Capture(save io.Writer) (*Tap, error) {
	t := &Tap{link: l, clock: l.clock, hold: int64(tapHold)}
	for e, r := range l.relays {
		t.half[e] = int64(r.model.way.Delay) / 2
		t.hold = max(t.hold, int64(tapHold)+t.half[e])
	}
	if save != nil {
		var err error
		if t.save, err = capture.NewWriter(save, capture.LinkRaw, tapSnaplen); err != nil {
			return nil, fmt.Errorf("capture on the link: %w", err)
		}
	}
	if !l.tap.CompareAndSwap(nil, t) {
		return nil, errors.New("capture on the link: there is a capture already")
	}
	return t, nil
}

// put notes a packet of a relay.
func (t *Tap) put(from kernel.End, p *packet) {
	ip := p.frame[etherHeader:]
	data := append([]byte(nil), ip[:min(len(ip), tapSnaplen)]...)
	at := p.exit + t.half[from]
	t.mu.Lock()
	defer t.mu.Unlock()
	for range p.copies {
		if t.bytes > tapMemory {
			t.dropped++
			continue
		}
		t.bytes += len(data)
		t.ways[from].push(tapped{at, data, len(ip)})
	}
}

// take returns the earliest packet if it passed the middle before a time.
func (t *Tap) take(before int64) (tapped, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var first *fifo[tapped]
	for e := range t.ways {
		w := &t.ways[e]
		if w.len() > 0 && (first == nil || w.first().time < first.first().time) {
			first = w
		}
	}
	if first == nil || first.first().time >= before {
		return tapped{}, false
	}
	p := first.pop()
	t.bytes -= len(p.data)
	return p, true
}

// NextBatch reads the available segments, at most len(dst). It waits a tenth of a
// second for the first, and returns 0 and no error if none arrives. An error applies
// after the n segments; it is io.EOF when everything before Stop was delivered.
func (t *Tap) NextBatch(dst []capture.Segment) (n int, err error) {
	for started := time.Now(); t.end == nil; time.Sleep(tapPoll) {
		stop := t.stopAt.Load()
		now, _ := t.clock.now()
		if n = t.read(dst, now-t.hold, stop); n > 0 {
			return n, nil
		}
		if stop != 0 && now-t.hold > stop {
			t.end = io.EOF
		} else if time.Since(started) > tapWait {
			return 0, nil
		}
	}
	return 0, t.end
}

// read decodes the packets that passed the middle before a time and not after stop.
func (t *Tap) read(dst []capture.Segment, before, stop int64) (n int) {
	if stop != 0 {
		before = min(before, stop+1)
	}
	for n < len(dst) {
		p, ok := t.take(before)
		if !ok {
			break
		}
		t.frame++
		p.time = max(p.time, t.last) // a relay that was later than tapHold
		t.last = p.time
		if t.save != nil && t.save.WriteFrame(p.time, p.data, p.wireLen) != nil {
			t.save = nil
		}
		seg := &dst[n]
		if t.dec.Decode(capture.LinkRaw, p.data, p.wireLen, seg) == capture.Kept {
			seg.Frame, seg.Time = t.frame, p.time
			n++
		}
	}
	return n
}

// Stop ends the capture at this moment: packets that have passed the middle are still
// delivered, later ones are not. It does not wait. Further calls do nothing.
func (t *Tap) Stop() {
	now, _ := t.clock.now()
	t.stopAt.CompareAndSwap(0, now)
}

// Counters returns the counters of the delivered packets, with those lost noted as
// KernelDrops. Only the reading goroutine may call it, or another one after reading has
// ended.
func (t *Tap) Counters() capture.Counters {
	c := t.dec.Counters()
	t.mu.Lock()
	defer t.mu.Unlock()
	c.Noted[capture.KernelDrops] = t.dropped
	return c
}

// LinkType returns the link type of the frames: bare IP packets.
func (t *Tap) LinkType() capture.LinkType { return capture.LinkRaw }

// Close ends the capture at once. Only the reading goroutine may call it, or another
// one after reading has ended.
func (t *Tap) Close() error {
	if t.end == nil {
		t.end = io.EOF
	}
	t.link.tap.CompareAndSwap(t, nil)
	return nil
}
