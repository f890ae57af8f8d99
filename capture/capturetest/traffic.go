package capturetest

import (
	"container/heap"
	"iter"
	"math/rand/v2"

	"winwatch/capture"
)

// Traffic describes synthetic traffic: bulk transfers on many concurrent
// connections, like those of a busy host. The same values always give the same
// traffic. It can have any size and is generated while it is read, so benchmarks
// need no large files.
//
// Every connection has a handshake, data in one direction with acknowledgments,
// and an end. One data segment in 500 is lost after it was captured and sent again
// (with SACK), and every hundredth connection has a zero window with one to four
// probes.
type Traffic struct {
	// Packets is the number of packets, Conns the number of connections they are
	// spread over: at least MinPackets each.
	Packets, Conns int
	// Open is the number of connections open at once; 0 is all.
	Open int
	// Seed seeds all random choices.
	Seed uint64
}

// MinPackets is the minimum number of packets per connection in Traffic.
const MinPackets = 10

// Segments yields the segments in order, numbered from 1. Each is valid until the
// next one.
func (t Traffic) Segments() iter.Seq[*capture.Segment] {
	return func(yield func(*capture.Segment) bool) {
		g := newGenerator(t)
		for g.next() {
			if !yield(&g.seg) {
				return
			}
		}
	}
}

// epoch is the start time (Unix, ns).
const epoch = 1_700_000_000 * 1e9

// generator decides which connection sends next. Each sends a few packets in a row,
// as on a real link.
type generator struct {
	Traffic
	rng     *rand.Rand
	now     int64
	conns   []conn
	started int     // connections started so far
	awake   []int32 // indices of conns that have something to send
	asleep  sleepers
	turn    int // index in awake of the connection that sends
	run     int // packets until the next connection's turn
	seg     capture.Segment
}

func newGenerator(t Traffic) *generator {
	g := &generator{Traffic: t, rng: rand.New(rand.NewPCG(t.Seed, 0)), now: epoch}
	open := t.Conns
	if t.Open > 0 {
		open = min(t.Open, t.Conns)
	}
	g.conns = make([]conn, open)
	for i := range g.conns {
		g.begin(int32(i))
		g.awake = append(g.awake, int32(i))
	}
	return g
}

// begin starts the next connection in slot i.
func (g *generator) begin(i int32) {
	n := g.Packets / g.Conns
	if g.started < g.Packets%g.Conns {
		n++
	}
	g.conns[i].begin(g.started, n, g.rng)
	g.started++
}

// next makes the next segment in g.seg; it returns false at the end.
func (g *generator) next() bool {
	g.now += 1000 + g.rng.Int64N(38_000)
	g.choose()
	if len(g.awake) == 0 {
		return false
	}
	i := g.awake[g.turn]
	c := &g.conns[i]
	frame := g.seg.Frame + 1
	g.seg = capture.Segment{Frame: frame, Time: g.now}
	pause := c.step(&g.seg, g.rng)
	g.run--
	switch {
	case c.left == 0 && g.started < g.Conns:
		g.begin(i)
		g.run = 0
	case c.left == 0:
		g.rest()
	case pause > 0:
		g.rest()
		heap.Push(&g.asleep, sleeper{g.now + pause, i})
	}
	return true
}

// choose decides which connection sends next.
func (g *generator) choose() {
	if len(g.asleep) > 0 && (len(g.awake) == 0 || g.asleep[0].until <= g.now) {
		s := heap.Pop(&g.asleep).(sleeper)
		g.now = max(g.now, s.until)
		g.awake = append(g.awake, s.conn)
		g.turn, g.run = len(g.awake)-1, 2
	}
	if g.run == 0 && len(g.awake) > 0 {
		g.turn, g.run = g.rng.IntN(len(g.awake)), 1+g.rng.IntN(8)
	}
}

// rest removes the current connection from the awake ones.
func (g *generator) rest() {
	last := len(g.awake) - 1
	g.awake[g.turn] = g.awake[last]
	g.awake = g.awake[:last]
	g.run = 0
}

// sleeper is a connection that sends nothing for now.
type sleeper struct {
	until int64
	conn  int32
}

// sleepers is a heap with the earliest wake-up on top.
type sleepers []sleeper

func (s sleepers) Len() int           { return len(s) }
func (s sleepers) Less(i, j int) bool { return s[i].until < s[j].until }
func (s sleepers) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *sleepers) Push(x any)        { *s = append(*s, x.(sleeper)) }
func (s *sleepers) Pop() any {
	last := len(*s) - 1
	x := (*s)[last]
	*s = (*s)[:last]
	return x
}
