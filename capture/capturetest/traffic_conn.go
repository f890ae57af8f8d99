package capturetest

import (
	"math/rand/v2"
	"strings"

	"winwatch/capture"
)

// conn is one connection of Traffic. It follows a plan: a string with one letter
// per packet.
//
//	s S a    SYN, SYN-ACK and the ACK that ends the handshake
//	q        the request of a client that receives the data
//	d k K    data; an ACK, which may lag behind; an ACK of everything
//	x u R    data that gets lost; an ACK with SACK that misses it; the same data again
//	w        an ACK whose window shrinks by what it acknowledges: nothing is read
//	p z o    probe; its answer; the ACK that opens the window
//	f F A    FIN of the sender, FIN of the receiver, and its ACK
type conn struct {
	plan  string
	left  int32 // packets to go, including the plan's
	halt  int32 // the zero window comes when this many are left; 0 is never
	whole int32 // the receive buffer in bytes, if the connection halts
	id    int32

	ends     [2]end // client, server
	sender   uint8  // index of the end that sends the data
	shift    uint8  // window scale of both ends
	answers  uint8  // answers to probes so far
	lag      uint32 // bytes by which an ACK lags behind
	una      uint32 // what the receiver has acknowledged
	lost     uint32 // sequence number of the lost segment
	haltPlan string
}

// end is one side of a connection.
type end struct {
	nxt    uint32
	window uint16 // its window field, except in a SYN
	ipid   uint16
	clock  uint32 // offset of its timestamp clock from the capture's milliseconds
	ts     uint32 // the last timestamp it sent
}

const (
	segmentSize = 1448
	lossPlan    = "xdududuRK"
	lastPlan    = "fFA"
	// firstProbe is a little over Linux's minimum retransmission time-out, in ns.
	firstProbe = 207e6
)

// begin makes c the connection id with the given number of packets.
func (c *conn) begin(id, packets int, rng *rand.Rand) {
	*c = conn{
		id: int32(id), left: int32(packets), sender: uint8(id & 1), shift: 7,
		plan: "sSa", lag: uint32(rng.IntN(10)) * segmentSize,
	}
	for i := range c.ends {
		c.ends[i] = end{nxt: rng.Uint32(), window: 510, ipid: uint16(rng.Uint32()), clock: rng.Uint32()}
	}
	if c.sender == 1 {
		c.plan = "sSaq"
	}
	if id%100 == 50 {
		c.planHalt(packets, rng)
	}
}

// planHalt makes the receiver stop reading half-way, with a small buffer so that the
// stall fits into the connection.
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
	room := int(c.left) - len(lastPlan)
	switch {
	case c.halt > 0 && c.left <= c.halt:
		c.plan, c.halt = c.haltPlan, 0
	case room <= 0:
		c.plan = lastPlan[:c.left]
	case room == 1:
		c.plan = "d"
	case room == 2 || c.whole == segmentSize || rng.IntN(6) == 0:
		c.plan = "dk"
	case room >= len(lossPlan) && rng.IntN(270) == 0:
		c.plan = lossPlan
	default:
		c.plan = "ddk"
	}
}

// step makes the next packet and returns how long the connection pauses after it,
// in ns.
func (c *conn) step(s *capture.Segment, rng *rand.Rand) (pause int64) {
	if c.plan == "" {
		c.proceed(rng)
	}
	letter := c.plan[0]
	c.plan = c.plan[1:]
	c.left--
	s.Flags = capture.ACK
	switch letter {
	case 's':
		c.syn(s, 0)
	case 'S':
		c.syn(s, 1)
	case 'a':
		c.send(s, 0, 0)
	case 'q':
		s.Flags |= capture.PSH
		c.send(s, 0, 100+rng.Uint32N(500))
	case 'f', 'F', 'A':
		c.end(s, letter)
	case 'p', 'z', 'o', 'w':
		return c.halted(s, letter)
	default:
		c.transfer(s, letter, rng)
	}
	return 0
}

// transfer makes a packet of the transfer of data.
func (c *conn) transfer(s *capture.Segment, letter byte, rng *rand.Rand) {
	data := &c.ends[c.sender]
	switch letter {
	case 'd', 'x':
		if letter == 'x' {
			c.lost = data.nxt
		}
		if rng.IntN(4) == 0 {
			s.Flags |= capture.PSH
		}
		c.send(s, c.sender, segmentSize)
	case 'R':
		next := data.nxt
		data.nxt = c.lost
		c.send(s, c.sender, segmentSize)
		data.nxt = next
	case 'u':
		c.una = c.lost
		s.Options |= capture.HasSACK
		s.SACKCount = 1
		s.SACK[0] = capture.SACKBlock{Left: c.lost + segmentSize, Right: data.nxt}
		c.send(s, c.sender^1, 0)
	case 'k', 'K':
		if c.whole == 0 { // vary the window a little, but never move its right edge back
			r := c.receiver()
			r.window = min(max(r.window+uint16(rng.IntN(25))-8, 400), 1000)
		}
		flying := data.nxt - c.una
		if letter == 'k' && flying > c.lag+segmentSize {
			flying -= c.lag
		} else if letter == 'k' {
			flying = min(flying, segmentSize)
		}
		c.una += flying
		c.send(s, c.sender^1, 0)
	}
}

// halted makes a packet from or to a receiver that does not read. A pause follows
// each answer and grows as the sender backs off.
func (c *conn) halted(s *capture.Segment, letter byte) (pause int64) {
	data, r := &c.ends[c.sender], c.receiver()
	switch letter {
	case 'w':
		r.window -= uint16((data.nxt - c.una) >> c.shift)
		c.una = data.nxt
		if r.window == 0 {
			pause = firstProbe
		}
	case 'p':
		data.nxt--
		c.send(s, c.sender, 0)
		data.nxt++
		return 0
	case 'z':
		c.answers++
		pause = firstProbe << c.answers
	case 'o':
		r.window = uint16(c.whole >> c.shift)
	}
	c.send(s, c.sender^1, 0)
	return pause
}

// end makes a packet of the end of the connection.
func (c *conn) end(s *capture.Segment, letter byte) {
	side := c.sender
	if letter == 'F' {
		side ^= 1
	}
	if letter != 'A' {
		s.Flags |= capture.FIN
	}
	c.una = c.ends[c.sender].nxt
	c.send(s, side, 0)
	if letter != 'A' {
		c.ends[side].nxt++
	}
}

// syn makes the SYN (side 0) or SYN-ACK (side 1).
func (c *conn) syn(s *capture.Segment, side uint8) {
	s.Flags |= capture.SYN
	s.Options = capture.HasMSS | capture.HasWindowScale | capture.HasSACKPermitted
	s.MSS, s.WindowShift = 1460, c.shift
	c.send(s, side, 0)
	s.Window = 65160
	if side != c.sender && c.whole != 0 {
		s.Window = uint16(c.whole)
	}
	if side == 0 {
		s.Flags, s.Ack = capture.SYN, 0
	}
	c.ends[side].nxt++
	c.una = c.ends[c.sender].nxt
}

// send fills in the fields common to all packets from that side.
func (c *conn) send(s *capture.Segment, side uint8, length uint32) {
	e, peer := &c.ends[side], &c.ends[side^1]
	client := capture.AddrFrom4([4]byte{10, byte(c.id >> 21), byte(c.id >> 13), byte(c.id >> 5)})
	server := capture.AddrFrom4([4]byte{192, 168, 0, byte(1 + c.id%50)})
	clientPort := uint16(32768 + c.id%32*701 + c.id>>5%700)
	s.Src, s.Dst, s.SrcPort, s.DstPort = client, server, clientPort, 443
	if side == 1 {
		s.Src, s.Dst, s.SrcPort, s.DstPort = server, client, 443, clientPort
	}
	s.Seq, s.Ack, s.Len, s.Window = e.nxt, peer.nxt, length, e.window
	if side != c.sender {
		s.Ack = c.una
	}
	s.HopLimit, s.IPID = 64, e.ipid
	s.Options |= capture.HasTimestamps
	e.ts = uint32(s.Time/1e6) + e.clock
	s.TSVal, s.TSEcr = e.ts, peer.ts
	e.nxt += length
	e.ipid++
}
