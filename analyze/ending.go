package analyze

import (
	"slices"

	"winwatch/analyze/cause"
)

// An ending closes what is still open in a stream as if the capture ended now. It
// works on copies, so that the engine can continue after a result was taken. It is
// a private shard that holds one stream.
type ending struct {
	shard
	of     *shard
	st     stream
	copies [2]flowstate
	facts  cause.Facts // of the stream ranked last
}

func newEnding(of *shard) *ending {
	return &ending{shard: shard{cfg: of.cfg, sketches: of.sketches, paces: of.paces}, of: of}
}

// end returns the stream as it would be if it ended now. The result is valid until
// the next call.
func (e *ending) end(st *stream) *stream {
	e.st = *st
	e.room, e.states = e.of.room, append(e.states[:0], nil, nil, nil)
	e.owners = append(e.owners[:0], nobodys, nobodys, nobodys)
	for i := range e.st.flows {
		f := &e.st.flows[i]
		if t := e.of.stateOf(f); t != nil {
			e.copies[i].copyFrom(t)
			f.state, e.states[i+1] = uint32(i+1), &e.copies[i]
		}
	}
	e.finish(&e.st)
	return &e.st
}

// copyFrom copies o, and clones all that finishing the stream or the running
// engine may change in place. It reuses the list of stalls, which a result copies.
func (t *flowstate) copyFrom(o *flowstate) {
	stalls := append(t.past.stalls[:0], o.past.stalls...)
	*t = *o
	t.past.stalls = stalls
	t.clues, t.far = o.clues.clone(), o.far.clone()
	if o.stall.on {
		t.stall.Probes = slices.Clone(o.stall.Probes)
	}
	if w := o.after.watched; o.after.endedAt != 0 && w > 0 {
		t.past.stalls[w-1].Probes = slices.Clone(t.past.stalls[w-1].Probes)
	}
}
