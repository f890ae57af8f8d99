// Package analyze finds out who made the sender of a TCP stream wait, for how
// long, and how big the buffers were, from the segments alone. It reads no file
// and no clock, and formats nothing:
//
//	a := analyze.New(analyze.DefaultConfig())
//	a.OnSample(csv.Add)
//	err := a.Run(ctx, source)
//	r := a.Result()
//
// Add takes segments one at a time instead of Run. Memory grows with the streams
// that are kept, never with the segments.
//
// # How a segment moves through the engine
//
//  1. The scheduler has a worker fill a batch from the Source (schedule.go).
//  2. Each segment gets an adjusted time, which does not jump, and its shard by
//     its endpoints; a stamp in doubt holds its segment back until the next one
//     (batch.go, clock.go).
//  3. Each shard runs the batch: it looks up the streams of many segments at once,
//     so that the look-ups do not wait for one another (shard.go, table.go). A new
//     stream takes a slot, at the limit one whose stream is evicted (stream.go,
//     evict.go, memory.go).
//  4. Nearly all segments are plain: in order, in a stream without trouble. They
//     take the short way, which does the same as the long one in a fraction of the
//     time; a fuzz target compares the two (plain.go).
//  5. All others are a cursor on the long way (cursor.go, follow.go): duplicates
//     are left out (duplicate.go); SYN, FIN and RST open, scale and close
//     (follow.go, scale.go); the sending half is taken (sent.go, holes.go), probes
//     and keep-alives among it (probe.go); then the receiving half: what is
//     acknowledged, and the window (received.go, flowstate.go), which opens and
//     closes stalls (stall.go).
//  6. The time until then is booked to what it was spent on (budget.go), and the
//     sketch of the stream goes on (sketch.go).
//  7. The batch is finished in the order of the capture: new streams get the
//     numbers that Wireshark gives them, and samples go to the functions of
//     OnSample (batch.go, sample.go).
//  8. Result may be taken at any moment. It closes what is open on copies
//     (ending.go), gathers the facts of each stream (facts.go), has package cause
//     judge them, and ranks the streams (view.go, rank.go). A stream is derived in
//     full when it is asked for (derive.go, infer.go).
package analyze
