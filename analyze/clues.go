package analyze

// clues are what hardly any flow has, even in trouble: signs that a host or a device on
// the way does what it should not.
type clues struct {
	copied    resentCopy
	refusals  refusals
	withdrawn withdrawal
	overrun   overrun
}

// needClues returns the clues of a flow, creating them if there are none.
func (t *flowstate) needClues() *clues {
	if t.clues == nil {
		t.clues = new(clues)
	}
	return t.clues
}

// endClues ends what an ACK of new data ends, all of it if the connection is over.
func (c *cursor) endClues(f *flow, over bool) {
	if t := c.stateOf(f); t != nil && t.clues != nil {
		c.endRefusal(t, c.now)
		t.endOverrun(f, c.now, over)
	}
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
