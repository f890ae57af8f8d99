package analyze_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
)

// TestVerdictsDoNotDependOn: who made the sender wait, and for how long, does not depend
// on when and where a capture was taken, on addresses, on initial sequence numbers, on
// other traffic, or on a bridge that shows each packet twice.
func TestVerdictsDoNotDependOn(t *testing.T) {
	changes := []struct {
		name   string
		change func([]capture.Segment) []capture.Segment
	}{
		{"the date", each(func(s *capture.Segment) { s.Time += int64(400 * 24 * time.Hour) })},
		{"the order of addresses", each(func(s *capture.Segment) { s.Src, s.Dst = mirror(s.Src), mirror(s.Dst) })},
		{"IPv4", each(func(s *capture.Segment) { s.Src, s.Dst = six(s.Src), six(s.Dst) })},
		{"initial sequence numbers", renumber},
		{"other traffic", amidOthers},
		{"copies", copied},
	}
	for _, name := range capturesOfTree(t) {
		segs, whole := segmentsOf(name)
		if !whole || len(segs) == 0 || len(segs) > 20_000 {
			continue
		}
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			want := verdictsOf(segs)
			for _, c := range changes {
				changed := c.change(segs)
				if changed == nil {
					continue
				}
				got := verdictsOf(changed)
				for id, w := range want {
					if !w.like(got[id]) {
						t.Errorf("stream %s: %v; after a change of %s: %v", id, w, c.name, got[id])
					}
				}
			}
		})
	}
}

// segmentsOf returns the segments of a capture, and whether it could be read to its end.
func segmentsOf(name string) (segs []capture.Segment, whole bool) {
	_, err := analyzeUntil(name, func(s *analyze.Sample) { segs = append(segs, *s.Segment) })
	return segs, err == nil
}

type verdict struct {
	who  string
	wait time.Duration
}

// like reports whether verdicts are the same; a copy of the last packet makes a stream
// longer, and of one that answers a segment late, the round trip.
func (v verdict) like(o verdict) bool {
	return v.who == o.who && (v.wait-o.wait).Abs() <= time.Millisecond
}

// verdictsOf returns the verdicts by the ports of the streams, which no change touches,
// and by how many streams before had these ports.
func verdictsOf(segs []capture.Segment) map[string]verdict {
	a := analyze.New(analyze.DefaultConfig())
	for i := range segs {
		s := segs[i]
		a.Add(&s)
	}
	a.Flush()
	verdicts, seen := map[string]verdict{}, map[string]int{}
	for s := range a.Result().All() {
		ports := fmt.Sprintf("%d-%d", s.Client.Port(), s.Server.Port())
		seen[ports]++
		v := &s.Verdict
		verdicts[fmt.Sprintf("%s-%d", ports, seen[ports])] = verdict{fmt.Sprintf("%s %s %s %s %s", v.Dir, v.Severity, v.Code, v.Party, v.Confidence), v.Wait}
	}
	return verdicts
}

func each(change func(*capture.Segment)) func([]capture.Segment) []capture.Segment {
	return func(segs []capture.Segment) []capture.Segment {
		out := append([]capture.Segment(nil), segs...)
		for i := range out {
			change(&out[i])
		}
		return out
	}
}

// mirror reverses the order of addresses.
func mirror(a capture.Addr) capture.Addr {
	for i := 12; i < len(a); i++ {
		a[i] = ^a[i]
	}
	return a
}

// six makes an IPv6 address of an IPv4 one.
func six(a capture.Addr) capture.Addr {
	a[0], a[1], a[10], a[11] = 0xfd, 1, 0, 0
	return a
}

// renumber moves the sequence numbers of each side so that they wrap soon.
func renumber(segs []capture.Segment) []capture.Segment {
	type side struct {
		addr capture.Addr
		port uint16
	}
	first := map[[2]side]uint32{}
	out := append([]capture.Segment(nil), segs...)
	by := func(s *capture.Segment, sender bool, seq uint32) uint32 {
		me, peer := side{s.Src, s.SrcPort}, side{s.Dst, s.DstPort}
		if !sender {
			me, peer = peer, me
		}
		if _, ok := first[[2]side{me, peer}]; !ok {
			first[[2]side{me, peer}] = seq
		}
		return -first[[2]side{me, peer}] - 3000
	}
	for i := range out {
		s := &out[i]
		if s.Flags.NoTraffic() || s.Seq == 0 || s.Flags.Has(capture.ACK) && s.Ack == 0 {
			return nil // a number that means something of its own
		}
		shift := by(s, true, s.Seq)
		s.Seq += shift
		if s.Flags.Has(capture.ACK) {
			back := by(s, false, s.Ack)
			s.Ack += back
			for k := range s.SACK {
				s.SACK[k].Left += back
				s.SACK[k].Right += back
			}
		}
	}
	return out
}

// amidOthers puts a segment of another, healthy stream after each segment.
func amidOthers(segs []capture.Segment) []capture.Segment {
	var out []capture.Segment
	for i := range segs {
		out = append(out, segs[i])
		other := capture.Segment{
			Frame: segs[i].Frame, Time: segs[i].Time, Src: capture.AddrFrom4([4]byte{192, 0, 2, 1}), Dst: capture.AddrFrom4([4]byte{192, 0, 2, 2}),
			SrcPort: 61_001, DstPort: 61_002, Flags: capture.ACK | capture.PSH, Seq: uint32(i) * 100, Len: 100, Ack: 1, Window: 60_000,
		}
		out = append(out, other)
	}
	return out
}

// copied adds a second capture of each packet, 5 µs later. It returns nil if packets have
// no IP ID: then copies can't be told from retransmissions.
func copied(segs []capture.Segment) []capture.Segment {
	var out []capture.Segment
	for i := range segs {
		if segs[i].IPID == 0 {
			return nil
		}
		again := segs[i]
		again.Time += 5_000
		if i+1 < len(segs) && (again.Time > segs[i+1].Time || segs[i+1].Time < segs[i].Time) {
			again.Time = segs[i].Time
		}
		out = append(out, segs[i], again)
	}
	return out
}
