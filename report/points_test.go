package report

import (
	"slices"
	"testing"

	"winwatch/analyze"
)

func TestInFlightFollowsDataAndACKs(t *testing.T) {
	const u = analyze.Unknown
	points := []analyze.Point{
		{Dir: 1, Ack: 0, Seq: 0, SeqEnd: 0, InFlight: u}, // the other side is unknown so far
		{Dir: 0, Seq: 0, SeqEnd: 100, InFlight: 100, Ack: 0},
		{Dir: 0, Seq: 100, SeqEnd: 200, InFlight: 200, Ack: 0},
		{Dir: 1, Ack: 100, Seq: 0, SeqEnd: 0, InFlight: 0},
		{Dir: 1, Ack: 50, Seq: 0, SeqEnd: 0, InFlight: 0},    // an old ACK changes nothing
		{Dir: 1, Ack: u, Seq: 0, SeqEnd: 0, InFlight: 0},     // no ACK
		{Dir: 0, Seq: 100, SeqEnd: 200, InFlight: 100},       // a retransmission
		{Dir: 1, Ack: 300, Seq: 0, SeqEnd: 10, InFlight: 10}, // of data that was not captured
	}
	if got, want := InFlight(points, 0), []int64{u, 100, 200, 100, 100, 100, 100, 0}; !slices.Equal(got, want) {
		t.Errorf("in flight %v, want %v", got, want)
	}
}
