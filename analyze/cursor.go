package analyze

import "winwatch/capture"

// A cursor is one segment on its way through the long way: where it stands in
// the engine.
type cursor struct {
	*shard
	st *stream
	// f is the flow of the segment's sender, r the flow whose data its ACK and its
	// window are about.
	f, r *flow
	s    *capture.Segment
	now  int64  // adjusted time
	end  uint32 // s.SeqEnd()
}
