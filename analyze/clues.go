package analyze

import "winwatch/analyze/cause"

// clues are what hardly any flow has, even in trouble: signs that a host or a device on
// the way does what it should not.
type clues struct {
	refusals refusals
	overrun  overrun
	blind    blind
	rewrite  cause.Rewrite
	misread  cause.Misread
}

// needClues returns the clues of a flow, creating them if there are none.
func (t *flowstate) needClues() *clues {
	if t.clues == nil {
		t.clues = new(clues)
	}
	return t.clues
}

// endClues ends what an ACK of new data ends, and all of it if the connection is over.
func (sh *shard) endClues(t *flowstate, f *flow, now int64, over bool) {
	if t == nil || t.clues == nil {
		return
	}
	sh.endRefusal(t, now)
	t.endOverrun(f, now, over)
	t.clues.blind.end(f, now, over)
}

// noClues are the clues of flows that have none; they are never written.
var noClues clues

// cluesOrNone returns the clues of a flow for reading, never nil.
func (t *flowstate) cluesOrNone() *clues {
	if t.clues == nil {
		return &noClues
	}
	return t.clues
}

// clone returns a copy of the clues, nil if there are none.
func (x *clues) clone() *clues {
	if x == nil {
		return nil
	}
	c := *x
	return &c
}
