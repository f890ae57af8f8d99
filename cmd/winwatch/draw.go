package main

import (
	"bytes"
	"context"
	"slices"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/cmd/winwatch/internal/flags"
	htmlreport "winwatch/report/html"
)

// The bounds on the points that are kept for charts: on the whole, a page holds
// more than a picture or a terminal can show.
const (
	pagePoints    = 400_000
	picturePoints = 50_000
)

// draw is the second pass: it collects the points of the charts, for the streams
// that are worth one.
func (j *job) draw(ctx context.Context) error {
	if !j.wantsCharts() || j.sketched() || j.Timeline != nil || ctx.Err() != nil {
		return nil
	}
	want, limit := 1, picturePoints
	if len(j.outs.of(formatHTML)) > 0 {
		want, limit = htmlreport.MaxCharts, pagePoints
	}
	streams := j.Result.Worst(want)
	if !j.outs.charted() && j.stream < 0 && j.Result.StreamCount > 1 && !waited(streams[0]) {
		return nil // the terminal shows a chart of trouble only
	}
	subset := newSubset(streams)
	if slices.ContainsFunc(j.Result.Warnings, func(w analyze.Warning) bool { return w.Code == "clock-jump" }) {
		subset.all = true // each packet may tell what time it is
	}
	j.Timeline = chart.New(limit, subset.ids...)
	a := analyze.New(j.o.config())
	low, high := j.span.Bounds(j.Result.Begin)
	a.OnSample(func(s *analyze.Sample) {
		if t := s.Segment.Time; low <= t && t <= high && subset.rename(s) {
			j.Timeline.Add(s)
		}
	})
	in, _, err := j.openInput(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	damage := j.damage
	_, err = j.pass(ctx, in, a, subset.pick)
	j.damage = damage // as it was told
	return err
}

// manySegments is where the chart of a terminal is drawn from what the analyzer
// sketched in its pass: it has all that can be seen there, and the second pass
// would take as long as a tenth of a second.
const manySegments = 1_000_000

// fewSegments is up to where the points of what can't be read twice are kept:
// then the sketch takes over.
const fewSegments = 50_000

// sketched takes the chart of a terminal from the analyzer's sketch, if that will
// do, and reports whether it did.
func (j *job) sketched() bool {
	few := uint64(manySegments)
	if j.once {
		few = fewSegments
	}
	if j.Result.Segments <= few || j.closeUp() {
		return false
	}
	id := j.stream
	if id < 0 {
		id = j.Result.Worst(1)[0].ID
	}
	points := j.Result.Sketch(id)
	if points == nil {
		return false
	}
	j.Timeline = chart.OfSketch(id, points)
	return true
}

// closeUp reports whether charts are wanted that show more than a sketch has.
func (j *job) closeUp() bool {
	return j.outs.charted() || j.span != (flags.Interval{})
}

// early passes samples on as long as a sketch would not do.
func (j *job) early(add func(*analyze.Sample)) func(*analyze.Sample) {
	if j.closeUp() {
		return add
	}
	n := 0
	return func(s *analyze.Sample) {
		if n++; n <= fewSegments {
			add(s)
		}
	}
}

func waited(st *analyze.Stream) bool {
	return st.Verdict.Severity > analyze.SeverityOK || st.Dirs[0].StallCount+st.Dirs[1].StallCount > 0
}

// A subset picks the segments of some streams, so that going through a capture
// for them costs little more than reading it. Two streams of the same endpoints
// never overlap in frames: endpoints and a span of frames are one stream.
type subset struct {
	// all: every segment is taken, and the streams keep their numbers.
	all bool
	// ids are the streams in the order in which they begin, which is that of
	// the numbers that an analyzer gives them that sees no others.
	ids []int64
	// ports has a bit for each pair of ports that occurs: most other segments
	// end there.
	ports [1 << 16 / 64]uint64
	spans map[endpoints][]frames
	last  uint64
}

// endpoints are those of a stream, in either order: the lower one first.
type endpoints struct {
	addrs [2]capture.Addr
	ports [2]uint16
}

type frames struct{ first, last uint64 }

func newSubset(streams []*analyze.Stream) *subset {
	p := &subset{spans: make(map[endpoints][]frames, len(streams))}
	for _, st := range streams {
		p.ids = append(p.ids, st.ID)
		x := st.Client.Port() ^ st.Server.Port()
		p.ports[x/64] |= 1 << (x % 64)
		e := newEndpoints(st.Client.Addr().As16(), st.Server.Addr().As16(), st.Client.Port(), st.Server.Port())
		p.spans[e] = append(p.spans[e], frames{st.FirstFrame, st.LastFrame})
		p.last = max(p.last, st.LastFrame)
	}
	slices.Sort(p.ids)
	return p
}

func newEndpoints(a, b capture.Addr, aPort, bPort uint16) endpoints {
	if c := bytes.Compare(a[:], b[:]); c > 0 || c == 0 && aPort > bPort {
		a, b, aPort, bPort = b, a, bPort, aPort
	}
	return endpoints{[2]capture.Addr{a, b}, [2]uint16{aPort, bPort}}
}

// has reports whether the segment is of one of the streams.
func (p *subset) has(s *capture.Segment) bool {
	x := s.SrcPort ^ s.DstPort
	if p.ports[x/64]&(1<<(x%64)) == 0 {
		return false
	}
	for _, f := range p.spans[newEndpoints(s.Src, s.Dst, s.SrcPort, s.DstPort)] {
		if f.first <= s.Frame && s.Frame <= f.last {
			return true
		}
	}
	return false
}

// pick picks the segments of the subset, until its last frame.
func (p *subset) pick(segs []capture.Segment) (n int, more bool) {
	if p.all {
		return len(segs), true
	}
	for i := range segs {
		s := &segs[i]
		if s.Frame > p.last {
			return n, false
		}
		if p.has(s) {
			segs[n] = *s
			n++
		}
	}
	return n, true
}

// rename gives the sample the number that its stream has among all. It reports
// false if the stream is none of the subset.
func (p *subset) rename(s *analyze.Sample) bool {
	if p.all {
		return slices.Contains(p.ids, s.Stream)
	}
	if s.Stream >= int64(len(p.ids)) {
		return false
	}
	s.Stream = p.ids[s.Stream]
	return true
}
