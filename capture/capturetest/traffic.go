package capturetest

import (
	"container/heap"
	"iter"
	"math/rand/v2"

	"winwatch/capture"
)

// Traffic describes made-up traffic: bulk transfers on many connections at
// once, as a busy host sees them. It is always the same for the same values, of
// any size, and made as it is read, so that benchmarks need no large files.
//
// Every connection has its handshake, data one way with acknowledgments, and
// its end. One data segment in 500 is lost after it was captured and sent again
// (with SACK), and every hundredth connection has a zero window with one to
// four probes.
type Traffic struct {
	// Packets is the number of packets, Conns the number of connections that
	// they are spread over: at least MinPackets each.
	Packets, Conns int
	// Open is how many connections are open at once; 0 is all of them.
	Open int
	// Seed is what all random choices come from.
	Seed uint64
}

// MinPackets is the least number of packets of a connection in Traffic.
const MinPackets = 10

// Segments yields the segments in order, numbered from 1. What is yielded is
// valid until the next one.
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

// epoch is the time of the beginning, Unix time in ns.
const epoch = 1_700_000_000 * 1e9

// generator decides which connection sends next. One goes on for a few packets
// before another does, as they arrive on a real link.
type generator struct {
	Traffic
	rng     *rand.Rand
	now     int64
	conns   []conn
	started int     // connections begun so far
	awake   []int32 // indices of conns that have something to send
	asleep  sleepers
	turn    int // index in awake of the one that sends
	run     int // packets until the next one's turn
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

// next makes the next segment, in g.seg; it reports false at the end.
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

// choose says whose turn it is.
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

// rest takes the connection whose turn it is out of those that are awake.
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

// sleepers is a heap, the one that wakes first on top.
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
