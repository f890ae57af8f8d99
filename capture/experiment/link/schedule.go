package link

import (
	"math/rand/v2"
	"time"
)

// A packet is on its way through one direction of the link.
type packet struct {
	frame  []byte // with its Ethernet header
	copies int    // 2 if it is delivered twice
	exit   int64  // when it left the queue and began to travel
}

// A fate is what happened to a packet at its arrival.
type fate uint8

const (
	passed fate = iota
	lost
	queueFull
)

// A schedule is the model of one direction: it turns the times at which packets arrive
// into the times at which they leave the queue. It knows no clock: times are in
// nanoseconds and come from the caller, who adds the propagation delay. So a caller
// that wakes up late delays a packet, but never the rate.
type schedule struct {
	way    Way
	chance *rand.Rand

	free    int64 // when all accepted packets will have been sent
	rest    int64 // and what is missing in that, in 1/Rate of a nanosecond
	waiting fifo[waiting]
	queued  int64 // bytes in waiting

	out  fifo[*packet] // in the order of their exit
	held []held
	last int64 // the latest exit in out so far

	duplicated, reordered, queuePeak int64
}

// waiting is a packet in the queue: it leaves when it begins to be sent.
type waiting struct{ start, size int64 }

// held is a packet that is held back until more packets have passed it, or until a
// certain time.
type held struct {
	*packet
	passing int
	until   int64
}

func newSchedule(w Way, seed, stream uint64) *schedule {
	return &schedule{way: w, chance: rand.New(rand.NewPCG(seed, stream))}
}

// reorderBehind is how many packets pass one that is held back (RFC 5681 3.2).
const reorderBehind = 3

// arrive takes a packet of size bytes that arrived at a time. Times never decrease.
func (s *schedule) arrive(at int64, size int, p *packet) fate {
	// Every packet draws all three numbers: what happens to one does not depend on the
	// others' settings.
	lose, double, hold := s.hits(s.way.Loss), s.hits(s.way.Duplicate), s.hits(s.way.Reorder)
	if lose {
		return lost
	}
	exit, ok := s.send(at, int64(size))
	if !ok {
		return queueFull
	}
	p.copies = 1
	if double {
		p.copies = 2
		s.duplicated++
	}
	s.release(exit)
	if hold {
		s.reordered++
		most := s.way.Delay/4 + time.Millisecond + reorderBehind*s.time(int64(size))
		s.held = append(s.held, held{p, reorderBehind, exit + int64(most)})
		return passed
	}
	s.place(p, exit)
	s.pass(exit)
	return passed
}

func (s *schedule) hits(share float64) bool { return s.chance.Float64() < share }

// send passes a packet through the queue and returns when it has been sent. It reports
// whether the queue had room.
func (s *schedule) send(at, size int64) (exit int64, ok bool) {
	if s.way.Rate == 0 {
		return at, true
	}
	for s.waiting.len() > 0 && s.waiting.first().start <= at {
		s.queued -= s.waiting.pop().size
	}
	if at >= s.free {
		s.free, s.rest = at, 0
	} else {
		if s.queued+size > s.way.Queue {
			return 0, false
		}
		s.waiting.push(waiting{s.free, size})
		s.queued += size
		s.queuePeak = max(s.queuePeak, s.queued)
	}
	work := size*8*int64(time.Second) + s.rest
	s.free += work / s.way.Rate
	s.rest = work % s.way.Rate
	return s.free, true
}

// time returns how long sending size bytes takes.
func (s *schedule) time(size int64) time.Duration {
	if s.way.Rate == 0 {
		return 0
	}
	return time.Duration(size * 8 * int64(time.Second) / s.way.Rate)
}

// place appends a packet to those that leave. The order of exits is kept even if a
// packet was read late, after the clock had released one that was held back.
func (s *schedule) place(p *packet, exit int64) {
	p.exit = max(exit, s.last)
	s.last = p.exit
	s.out.push(p)
}

// pass notes for those held back that a packet left.
func (s *schedule) pass(exit int64) {
	kept := s.held[:0]
	for _, h := range s.held {
		if h.passing--; h.passing > 0 {
			kept = append(kept, h)
			continue
		}
		s.place(h.packet, exit)
	}
	s.held = kept
}

// release lets those go that have been held back for long enough at a time.
func (s *schedule) release(at int64) {
	kept := s.held[:0]
	for _, h := range s.held {
		if h.until > at {
			kept = append(kept, h)
			continue
		}
		s.place(h.packet, h.until)
	}
	s.held = kept
}

// next returns the time of the next exit. It reports false if the schedule is empty.
func (s *schedule) next() (exit int64, ok bool) {
	if s.out.len() > 0 {
		return (*s.out.first()).exit, true // those held back leave later
	}
	for _, h := range s.held {
		if !ok || h.until < exit {
			exit, ok = h.until, true
		}
	}
	return exit, ok
}

// pop returns the next packet whose exit is not after a time, nil if there is none.
func (s *schedule) pop(at int64) *packet {
	s.release(at)
	if s.out.len() == 0 || (*s.out.first()).exit > at {
		return nil
	}
	return s.out.pop()
}
