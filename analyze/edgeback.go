package analyze

import "winwatch/analyze/cause"

// offer is what a receiver offered and how much of it was honoured, at one moment.
type offer struct {
	// largest is the largest window that it has advertised, in bytes, and back how far its
	// right edge is behind the furthest one. A receiver that only does not read takes all
	// that it offered before its window is 0 (RFC 9293 3.8.6, "shrinking"): back is 0 then.
	largest, back uint32
}

// offered returns what the receiver of the flow has offered so far. The window of the
// SYN does not count, since many stacks begin with a smaller one. An unknown scale is taken
// for 0, which says the least that was offered and taken back: a larger one makes both
// larger by the same number of bytes.
func (f *flow) offered() offer {
	if f.rawMin > f.rawMax {
		return offer{}
	}
	largest := int64(f.rawMax) << uint8(max(f.shift, 0))
	back := int64(int32(f.maxEdge - f.edge))
	if f.is(hasISN) && f.rel(f.maxEdge) <= 1+maxUnscaled {
		// The SYN's window may have reached as far, so only the largest later one counts:
		// it was advertised after the SYN, and reached at least this far.
		back = min(back, 1+largest-f.rel(f.edge))
	}
	return offer{uint32(largest), uint32(max(back, 0))}
}

// withdrawal is the furthest that the right edge moved back at once, and how often it
// moved back.
type withdrawal struct {
	moment
	bytes, times uint32
}

// note takes a step back.
func (w *withdrawal) note(bytes uint32, at moment) {
	w.times++
	if bytes > w.bytes {
		w.moment, w.bytes = at, bytes
	}
}

func (w *withdrawal) facts() cause.Withdrawal {
	return cause.Withdrawal{Bytes: int64(w.bytes), Times: uint64(w.times), Mark: w.mark()}
}
