package analyze

import (
	"cmp"
	"slices"

	"winwatch/analyze/cause"
)

// chains are the streams that wait for others, by number: why each of their directions does.
type chains struct {
	known  bool // they were looked for
	behind map[int64]*[2]*cause.Behind
}

// tell adds to the facts of a stream what it waits for.
func (c *chains) tell(id int64, f *cause.Facts) {
	b := c.behind[id]
	for dir := range f.Flows {
		f.Flows[dir].Behind = nil
		if b != nil {
			f.Flows[dir].Behind = b[dir]
		}
	}
}

// find looks for streams that wait for others among some that stalled.
func (c *chains) find(v *view, stalled []rank) {
	var all []cause.Stalled
	for i := range stalled {
		v.facts(&stalled[i], func(f *cause.Facts) {
			for dir := range f.Flows {
				if d := &f.Flows[dir]; len(d.Stalls) > 0 {
					all = append(all, stalledOf(stalled[i].id, dir, d))
					all[len(all)-1].Sender, all[len(all)-1].Receiver = stalled[i].member.ends(dir)
				}
			}
		})
	}
	c.known, c.behind = true, map[int64]*[2]*cause.Behind{}
	for i, b := range v.a.causes.Chains(all) {
		if b == nil {
			continue
		}
		id := all[i].Stream
		if c.behind[id] == nil {
			c.behind[id] = &[2]*cause.Behind{}
		}
		c.behind[id][all[i].Flow] = b
	}
}

func stalledOf(id int64, dir int, d *cause.Flow) cause.Stalled {
	s := cause.Stalled{Stream: id, Flow: dir, RTT: d.RTT, Acked: d.Acked}
	for i := range d.Stalls {
		w := &d.Stalls[i]
		s.Spans = append(s.Spans, cause.Span{Begin: w.Begin, End: w.End, Open: w.Open, BeganBefore: w.BeganBefore})
	}
	slices.SortFunc(s.Spans, func(x, y cause.Span) int { return cmp.Compare(x.Begin.Frame, y.Begin.Frame) })
	return s
}

// facts gathers the facts of a ranked stream for f, which must not keep them.
func (v *view) facts(x *rank, f func(*cause.Facts)) {
	if x.kept != nil {
		facts := x.kept.facts
		facts.Dropped = v.dropped
		f(&facts)
		return
	}
	e := newEnding(x.shard)
	e.gather(e.end(x.st), v.dropped, &e.facts)
	f(&e.facts)
}
