// Package analyze determines, from the segments alone, what made the sender of a
// TCP stream wait, for how long, and how big the buffers were. It reads no files
// and no clocks, and formats nothing:
//
//	a := analyze.New(analyze.DefaultConfig())
//	a.OnSample(csv.Add)
//	err := a.Run(ctx, source)
//	r := a.Result()
//
// Instead of Run, Add analyzes one segment at a time. Memory grows with the
// number of streams kept, never with the number of segments.
//
// # How a segment moves through the engine
//
//  1. A worker of the scheduler fills a batch from the Source (schedule.go).
//  2. Each segment gets an adjusted time, which does not jump, and the shard that
//     its endpoints select; a segment with a doubtful time stamp is held back until
//     the next one (batch.go, clock.go).
//  3. Each shard runs the batch: it looks up the streams of many segments at once,
//     so that the look-ups overlap (shard.go, hash.go, table.go). A new stream takes a free
//     slot or, at the limit, the slot of an evicted stream (stream.go, evict.go, idle.go,
//     memory.go).
//  4. Nearly all segments are plain: in order, in a stream without trouble. They
//     take the fast path, which does the same as the slow path in a fraction of
//     the time; a fuzz target compares the two (plain.go).
//  5. For all others, a cursor takes the slow path (cursor.go, follow.go):
//     what was captured twice, at once or at a second point of its path, counts once
//     (duplicate.go, points.go); what does not belong to the stream is set aside, unless
//     the ACKs show later that it did (stray.go, doubt.go); SYN, FIN and RST open, scale
//     and close the stream (follow.go, scale.go); then comes the sending half (sent.go,
//     holes.go) with probes, keep-alives and answers that do not come (probe.go,
//     silence.go), and then the receiving half: the ACK and the window (received.go,
//     flowstate.go), which begins and ends stalls (stall.go, aftermath.go).
//     Evidence for the causes is gathered on the way: once per round trip, what set the
//     pace (pace.go), with the losses and the delayed ACKs (recovery.go, nagle.go); only
//     for the few flows that show any, clues to hosts and devices that do what they should
//     not (clues.go: refuse.go, overrun.go, blind.go, rescale.go, edgeback.go).
//  6. The time since the previous segment is booked to what it was spent on
//     (budget.go), and the segment is added to the stream's sketch (sketch.go).
//  7. Batches are finished in capture order: new streams get the numbers that
//     Wireshark gives them, and samples go to the OnSample functions (batch.go,
//     sample.go).
//  8. Result can be called at any time. It closes what is still open, on copies
//     (ending.go), gathers the facts of each stream (facts.go), lets package cause
//     judge them, finds the streams that wait for others, ranks all streams and groups
//     their findings (survey.go, chains.go, rank.go, groups.go). The full result of a
//     stream is derived on demand (view.go, derive.go, infer.go), with what can be said of
//     the receiver's buffer (unread.go, rcvbuf.go).
package analyze
