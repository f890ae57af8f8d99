package analyze

import "winwatch/capture"

// A cursor is one segment on the slow path, with all that its steps need.
type cursor struct {
	*shard
	st *stream
	// f is the flow of the segment's sender, r the opposite flow: the segment's ACK
	// and window are about its data.
	f, r *flow
	s    *capture.Segment
	now  int64  // adjusted time
	end  uint32 // s.SeqEnd()
}
