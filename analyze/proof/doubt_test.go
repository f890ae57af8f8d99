package proof_test

import (
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture"
)

// seen is a segment that a sender sent or, with an ack, received.
type seen struct {
	at          time.Duration
	seq, end    int64
	ack, window int64
	flags       capture.Flags
	events      analyze.Events
}

// limitedRow returns the row of the time limited by the window of a sender that saw these
// segments and whose kernel was read after 10 s. budget is all that was inferred of it.
func limitedRow(t *testing.T, name string, budget time.Duration, accepted, sndbuf int64, segments ...seen) proof.Row {
	t.Helper()
	st, w := flooded()
	d := &st.Dirs[0]
	d.DataSegments, d.MaxSegment, d.MSS = 0, 1000, 1000
	d.Budget = analyze.Budget{Total: 10 * time.Second, WindowFull: budget, SenderIdle: 10*time.Second - budget}
	w.SndBufAsked, w.Readings[0].AcceptedBytes = sndbuf, accepted
	tl := chart.New(1000)
	for _, s := range segments {
		x := &analyze.Sample{Segment: &capture.Segment{Flags: s.flags}, Time: int64(s.at), Stream: st.ID, Dir: analyze.ClientToServer,
			Seq: s.seq, SeqEnd: s.end, Ack: s.ack, Window: s.window, RightEdge: s.ack + s.window, Events: s.events}
		if s.ack > 0 {
			x.Dir = analyze.ServerToClient
		} else {
			st.End = int64(s.at)
		}
		tl.Add(x)
	}
	for _, r := range proof.Prove(st, analyze.ClientToServer, w, tl, "").Rows {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no row %q", name)
	return proof.Row{}
}

// TestDoubt: what packets can't tell widens the interval by just that.
func TestDoubt(t *testing.T) {
	const sec = time.Second
	open := seen{at: 0, ack: 1, window: 9000}
	for name, tt := range map[string]struct {
		budget           time.Duration
		accepted, sndbuf int64
		segments         []seen
		least, most      time.Duration
	}{
		"the window is full": {budget: 4 * sec, accepted: 9000, least: 4 * sec, most: 4 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 9001}, {at: 5 * sec, ack: 9001, window: 9000}, {at: 10 * sec, seq: 9001, end: 9001}}},
		"room for less than a third": {accepted: 7000, most: 4 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 7001}, {at: 5 * sec, ack: 7001, window: 9000}, {at: 10 * sec, seq: 7001, end: 7001}}},
		"room for a third": {accepted: 6000, segments: []seen{
			open, {at: sec, seq: 1, end: 6001}, {at: 5 * sec, ack: 6001, window: 9000}, {at: 10 * sec, seq: 6001, end: 6001}}},
		"sent again into a closed window": {budget: 9 * sec, accepted: 20000, least: 3 * sec, most: 9 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 9001}, {at: 2 * sec, ack: 8001, window: 0},
			{at: 4 * sec, seq: 8001, end: 9001, events: analyze.EventRetransmission}, {at: 10 * sec, seq: 9001, end: 9001}}},
		"a small send buffer": {budget: 4 * sec, accepted: 9000, sndbuf: 9000, most: 4 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 9001}, {at: 5 * sec, ack: 9001, window: 9000}, {at: 10 * sec, seq: 9001, end: 9001}}},
		"a send buffer that holds more": {budget: 4 * sec, accepted: 9000, sndbuf: 9001, least: 4 * sec, most: 4 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 9001}, {at: 5 * sec, ack: 9001, window: 9000}, {at: 10 * sec, seq: 9001, end: 9001}}},
		"more data waits at the end": {budget: 0, accepted: 9001, least: 8 * sec, most: 9 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 9001}, {at: 2 * sec, seq: 9001, end: 9001}}},
		"nothing waits at the end": {budget: 0, accepted: 9000, most: 9 * sec, segments: []seen{
			open, {at: sec, seq: 1, end: 9001}, {at: 2 * sec, seq: 9001, end: 9001}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := limitedRow(t, "time limited by the window", tt.budget, tt.accepted, tt.sndbuf, tt.segments...)
			const tolerance = 500*time.Millisecond + 8*time.Millisecond
			if low, high := time.Duration(*r.Low), time.Duration(*r.High); low < tt.least-tolerance || low > tt.least || high < tt.most || high > tt.most+tolerance {
				t.Errorf("%v to %v, want %v to %v", low, high, tt.least, tt.most)
			}
		})
	}
}

// TestDoubtOfSYN: the time for which a SYN is in flight is busy for the packets alone.
func TestDoubtOfSYN(t *testing.T) {
	row := func(flags capture.Flags, end int64) proof.Row {
		return limitedRow(t, "time busy", 4*time.Second, 0, 0, seen{flags: flags, end: end},
			seen{at: 3 * time.Second, ack: 1, window: 9000}, seen{at: 10 * time.Second, seq: 1, end: 1})
	}
	if r := row(capture.SYN, 1); time.Duration(*r.Low) > time.Second || time.Duration(*r.High) < 4*time.Second {
		t.Errorf("%v to %v", time.Duration(*r.Low), time.Duration(*r.High))
	}
	for what, r := range map[string]proof.Row{"no SYN": row(capture.ACK, 1), "with data": row(capture.SYN, 101)} {
		if time.Duration(*r.Low) < 3*time.Second {
			t.Errorf("%s: from %v", what, time.Duration(*r.Low))
		}
	}
}

// TestDoubtElsewhere: without the packets, nothing is in doubt.
func TestDoubtElsewhere(t *testing.T) {
	st, w := flooded()
	w.Readings[0].Sender.RwndLimited = int64(8 * time.Second)
	for _, r := range proof.Prove(st, analyze.ClientToServer, w, nil, "").Rows {
		if r.Name == "time limited by the window" && r.OK {
			t.Errorf("%+v", r)
		}
	}
}
