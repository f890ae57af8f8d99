package main

import (
	"bytes"
	"slices"

	"winwatch/analyze"
	"winwatch/capture"
)

// A subset selects the segments of some streams, so that a second pass over a
// capture costs little more than reading it. Streams with the same endpoints never
// overlap in frames, so endpoints and a range of frames identify one stream.
type subset struct {
	// clock is set if any packet may be needed to correct the clock: then all are read, but
	// only those of the subset are followed.
	clock bool
	// ids holds the streams in the order in which they begin, which is the order in
	// which an analyzer that sees no others numbers them.
	ids []int64
	// ports has a bit for each pair of ports of the subset. It rejects most other
	// segments quickly.
	ports [1 << 16 / 64]uint64
	spans map[endpoints][]frames
	last  uint64
}

// endpoints identifies the two ends of a stream regardless of direction: the lower
// one comes first.
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

// has reports whether the segment belongs to one of the streams.
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

// pick is the picker of the subset. It ends after the last frame of the subset.
func (p *subset) pick(segs []capture.Segment) (n int, more bool) {
	if p.clock {
		return len(segs), len(segs) == 0 || segs[0].Frame <= p.last
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

// follow makes a pass the samples of the subset on to f.
func (p *subset) follow(a *analyze.Analyzer, f func(*analyze.Sample)) {
	if p.clock {
		a.Only(p.has)
	}
	a.OnSample(func(s *analyze.Sample) {
		if p.rename(s) {
			f(s)
		}
	})
}

// rename sets the stream of the sample to its number in the whole capture. It
// reports false if the stream is not in the subset.
func (p *subset) rename(s *analyze.Sample) bool {
	if s.Stream >= int64(len(p.ids)) {
		return false
	}
	s.Stream = p.ids[s.Stream]
	return true
}
