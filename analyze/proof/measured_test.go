package proof_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

// steady returns a stream of 4 s with a round trip of 40 ms whose receiver acknowledges
// 64,000 bytes each time, with a window that is 60,000 bytes for the first half of the
// steady part, from 1 s to 3 s, and 68,000 for the rest.
func steady() (*analyze.Stream, *kernel.Witness, *chart.Timeline) {
	const rtt, step = 40 * time.Millisecond, 64000
	st := &analyze.Stream{Span: 4 * time.Second, End: int64(4 * time.Second), RTT: new(rtt - time.Millisecond)}
	st.Verdict.Code, st.Verdict.Wait = "window-limited", 3*time.Second
	tl := chart.New(1000)
	for at := time.Duration(0); at <= st.Span; at += rtt {
		seq := 1 + int64(at/rtt)*step
		tl.Add(&analyze.Sample{Segment: &capture.Segment{Time: int64(at)}, Time: int64(at), Dir: analyze.ClientToServer,
			Seq: seq, SeqEnd: seq + step, Window: 65536})
		window := int64(60000)
		if at >= 2*time.Second {
			window = 68000
		}
		tl.Add(&analyze.Sample{Segment: &capture.Segment{Time: int64(at)}, Time: int64(at), Dir: analyze.ServerToClient,
			Window: window, Ack: 1 + int64(at/rtt)*step})
	}
	st.Dirs[0].AckedBytes, st.Dirs[0].MaxSegment = 100*step, 1448
	reading := func(moment string, at time.Duration) kernel.Reading {
		return kernel.Reading{Moment: moment, Time: int64(at), Sender: kernel.SocketState{
			Time: int64(at), BytesAcked: 1 + int64(at/rtt)*step, RTT: int64(rtt + time.Millisecond)}}
	}
	return st, &kernel.Witness{Path: &kernel.Path{Spec: "delay=20ms"}, Request: time.Second, Readings: []kernel.Reading{
		reading(kernel.MomentSteady, time.Second), reading(kernel.MomentStop, 3*time.Second), reading(kernel.MomentEnd, 4*time.Second),
	}}, tl
}

func TestMeasured(t *testing.T) {
	st, w, tl := steady()
	m := proof.Prove(st, 0, w, tl, "").Measured
	if m.Code != "window-limited" || m.Waited != 3*time.Second || m.Lasted != 4*time.Second || m.Link != "delay=20ms" || *m.Request != time.Second {
		t.Errorf("measured %+v", m)
	}
	const bytes = 50 * 64000
	if through := m.Throughput; through.Span != 2*time.Second || *through.Kernel != bytes || *through.Packets != bytes ||
		*through.Rate() != bytes*8/2 || *through.PacketRate() != bytes*8/2 || *through.Window != 64000 ||
		*through.RTT != 40*time.Millisecond || *through.SmallestRTT != 39*time.Millisecond || *through.SmoothedRTT != 41*time.Millisecond {
		t.Errorf("throughput %+v", through)
	}
	if ceiling := *m.Throughput.Ceiling(); math.Abs(ceiling-12.8e6) > 1 || math.Abs(*m.Throughput.Off()) > 1e-6 {
		t.Errorf("window ÷ RTT is %v, off by %v", ceiling, *m.Throughput.Off())
	}
}

// TestMeanRTT: what was sent twice has no round trip, and a capture far from the sender shows
// only a part of it.
func TestMeanRTT(t *testing.T) {
	st, w, tl := steady()
	again := int64(2020 * time.Millisecond) // the data sent at 2 s
	tl.Add(&analyze.Sample{Segment: &capture.Segment{Time: again}, Time: again, Dir: analyze.ClientToServer,
		Seq: 1 + 50*64000, SeqEnd: 1 + 51*64000, Events: analyze.EventRetransmission})
	for at, want := range map[string]time.Duration{"": 40, "client": 40, "server": 39, "link": 39} {
		w.CapturedAt = at
		if rtt := *proof.Prove(st, 0, w, tl, "").Measured.Throughput.RTT; rtt != want*time.Millisecond {
			t.Errorf("captured at %q: %v, want %d ms", at, rtt, want)
		}
	}
}

// TestMeasuredUnknown: what is unknown is nil, never 0.
func TestMeasuredUnknown(t *testing.T) {
	st, w, tl := steady()
	st.RTT, w.Path, w.Request = nil, nil, 0
	for i := range w.Readings {
		w.Readings[i].Sender.BytesAcked, w.Readings[i].Sender.RTT = kernel.Unknown, kernel.Unknown
	}
	m := proof.Prove(st, 0, w, chart.New(10), "").Measured
	through := m.Throughput
	if m.Request != nil || m.Link != "" || through.Kernel != nil || through.Rate() != nil || through.Packets != nil || through.PacketRate() != nil ||
		through.Window != nil || through.RTT != nil || through.SmallestRTT != nil || through.SmoothedRTT != nil || through.Ceiling() != nil || through.Off() != nil {
		t.Errorf("measured %+v, throughput %+v", m, through)
	}
	w.Readings = w.Readings[2:]
	if p := proof.Prove(st, 0, w, tl, ""); p.Measured.Throughput != nil || rowNamed(p, "acknowledged while steady") != nil {
		t.Errorf("a throughput without a steady part: %+v", p.Measured.Throughput)
	}
}

func rowNamed(p *proof.Proof, name string) *proof.Row {
	for i := range p.Rows {
		if p.Rows[i].Name == name {
			return &p.Rows[i]
		}
	}
	return nil
}

// TestThroughputProof: the kernel's bytes must be within 5% and a segment of those in the
// packets, unless the steady part is short.
func TestThroughputProof(t *testing.T) {
	for _, tt := range []struct {
		name       string
		change     func(*analyze.Stream, *kernel.Witness)
		judged, ok bool
	}{
		{"equal", func(*analyze.Stream, *kernel.Witness) {}, true, true},
		{"4% more", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[1].Sender.BytesAcked += 2 * 64000 }, true, true},
		{"6% more", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[1].Sender.BytesAcked += 3 * 64000 }, true, false},
		{"6% less", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[1].Sender.BytesAcked -= 3 * 64000 }, true, false},
		{"few round trips", func(st *analyze.Stream, w *kernel.Witness) {
			w.CapturedAt, *st.RTT = "server", 101*time.Millisecond
		}, false, true},
	} {
		st, w, tl := steady()
		tt.change(st, w)
		r := rowNamed(proof.Prove(st, 0, w, tl, ""), "acknowledged while steady")
		if r == nil || r.Judged != tt.judged || r.OK != tt.ok || !strings.Contains(r.Method, "acknowledgment number") {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}
