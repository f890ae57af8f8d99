package capturetest

import (
	"math/rand/v2"
	"strings"

	"winwatch/capture"
)

// conn is one connection of Traffic. What it does is a plan: a string of which
// every letter is a packet.
//
//	s S a    SYN, SYN-ACK and the ACK that ends the handshake
//	q        the request of a client that the data is for
//	d k K    data; an ACK, which may lag behind; an ACK of everything
//	x u R    data that gets lost; an ACK with SACK that misses it; the same data again
//	w        an ACK whose window is smaller by what it acknowledges: nothing is read
//	p z o    probe; its answer; the ACK that opens the window
//	f F      FIN of the sender, FIN of the receiver
type conn struct {
	plan  string
	left  int32 // packets to go, those of the plan included
	halt  int32 // the zero window comes when so many are left; 0 is never
	whole int32 // the receive buffer in bytes, of a connection that halts
	id    int32

	ends     [2]end // client, server
	sender   uint8  // index of the end that sends the data
	shift    uint8  // window scale of both ends
	pending  uint8  // probes without success
	lag      uint32 // bytes by which an ACK stays behind
	una      uint32 // what the receiver has acknowledged
	lost     uint32 // sequence number of the segment that was lost
	haltPlan string
}

// end is one side of a connection.
type end struct {
	nxt    uint32
	window uint16 // its window field, but in a SYN
	ipid   uint16
	clock  uint32 // its timestamp clock, less the milliseconds of the capture
	ts     uint32 // the last timestamp that it sent
}

const (
	segmentSize = 1448
	lossPlan    = "xdududuRK"
	// firstProbe is Linux's least retransmission time-out, in ns, and a little.
	firstProbe = 207e6
)

// begin makes c the connection id, of so many packets.
func (c *conn) begin(id, packets int, rng *rand.Rand) {
	*c = conn{
		id: int32(id), left: int32(packets), sender: uint8(id & 1), shift: 7,
		plan: "sSa", lag: uint32(rng.IntN(10)) * segmentSize,
	}
	for i := range c.ends {
		c.ends[i] = end{nxt: rng.Uint32(), window: 502, ipid: uint16(rng.Uint32()), clock: rng.Uint32()}
	}
	if c.sender == 1 {
		c.plan = "sSaq"
	}
	if id%100 == 50 {
		c.planHalt(packets, rng)
	}
}

// planHalt has the receiver stop reading half-way, with a small buffer, so that
// the stall fits into the connection.
func (c *conn) planHalt(packets int, rng *rand.Rand) {
	c.shift, c.lag = 3, 0
	if packets < 64 {
		c.whole = segmentSize
		c.halt = int32(packets) - 3
		c.haltPlan = "dwpzo"
	} else {
		pairs := min(packets/16, 20)
		c.whole = int32(2 * pairs * segmentSize)
		c.halt = int32(packets / 2)
		c.haltPlan = strings.Repeat("ddw", pairs) + strings.Repeat("pz", 1+rng.IntN(4)) + "o"
	}
	c.receiver().window = uint16(c.whole >> c.shift)
}

func (c *conn) receiver() *end { return &c.ends[c.sender^1] }

// proceed plans what comes next.
func (c *conn) proceed(rng *rand.Rand) {
	room := int(c.left) - len("fFa")
	switch {
	case c.halt > 0 && c.left <= c.halt:
		c.plan, c.halt = c.haltPlan, 0
	case room <= 0:
		c.plan = "fFa"[:c.left]
	case room < 3 || c.whole == segmentSize:
		c.plan = "d"
	case room >= len(lossPlan) && rng.IntN(270) == 0:
		c.plan = lossPlan
	case rng.IntN(6) == 0:
		c.plan = "dk"
	default:
		c.plan = "ddk"
	}
}

// step makes the next packet. It returns how long the connection is silent
// after it, in ns.
func (c *conn) step(s *capture.Segment, rng *rand.Rand) (pause int64) {
	if c.plan == "" {
		c.proceed(rng)
	}
	letter := c.plan[0]
	c.plan = c.plan[1:]
	c.left--
	data, r := &c.ends[c.sender], c.receiver()
	s.Flags = capture.ACK
	switch letter {
	case 's', 'S':
		c.syn(s, letter == 'S')
	case 'a':
		c.una = data.nxt
		c.send(s, 0, 0)
	case 'q':
		s.Flags |= capture.PSH
		c.send(s, 0, 100+rng.Uint32N(500))
	case 'd', 'x':
		if letter == 'x' {
			c.lost = data.nxt
		}
		if rng.IntN(4) == 0 {
			s.Flags |= capture.PSH
		}
		c.send(s, c.sender, segmentSize)
	case 'k', 'K':
		c.read(r, rng)
		c.una += max(data.nxt-c.una-c.lag, segmentSize)
		if letter == 'K' || int32(c.una-data.nxt) > 0 {
			c.una = data.nxt
		}
		c.send(s, c.sender^1, 0)
	case 'u':
		c.una = c.lost
		c.selective(s)
		c.send(s, c.sender^1, 0)
	case 'R':
		next := data.nxt
		data.nxt = c.lost
		c.send(s, c.sender, segmentSize)
		data.nxt = next
	case 'w':
		r.window -= uint16((data.nxt - c.una) >> c.shift)
		c.una = data.nxt
		c.send(s, c.sender^1, 0)
		if r.window == 0 {
			pause = firstProbe
		}
	case 'p':
		data.nxt--
		c.send(s, c.sender, 0)
		data.nxt++
	case 'z':
		c.send(s, c.sender^1, 0)
		c.pending++
		pause = firstProbe << c.pending
	case 'o':
		r.window = uint16(c.whole >> c.shift)
		c.send(s, c.sender^1, 0)
	case 'f', 'F':
		s.Flags |= capture.FIN
		c.una = data.nxt
		side := c.sender
		if letter == 'F' {
			side ^= 1
		}
		c.send(s, side, 0)
		c.ends[side].nxt++
	}
	return pause
}
