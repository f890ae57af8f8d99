package proof_test

import (
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

func p64(v int64) *int64 { return &v }

// flooded returns the stream of the classic demonstration and the kernel's readings of
// it.
func flooded() (*analyze.Stream, *kernel.Witness) {
	st := &analyze.Stream{ID: 3, Begin: 0, End: int64(10 * time.Second), Span: 10 * time.Second}
	d := &st.Dirs[analyze.ClientToServer]
	d.UniqueBytes, d.AckedBytes, d.MaxSegment, d.MSS = 128172, 128172, 32768, 65495
	d.Probes = 5
	d.KeepAlives = 1
	d.Window.Largest = p64(94208)
	d.Window.ToZero = 1
	d.Buffer.RcvBuf = analyze.NewEstimate("absorbed", nil, p64(128172), p64(262144))
	d.Budget = analyze.Budget{Total: 10 * time.Second, ZeroWindow: 9 * time.Second, SenderIdle: time.Second}
	end := kernel.Reading{
		Moment: kernel.MomentEnd, Time: int64(10 * time.Second), AcceptedBytes: 2747392,
		Receiver: kernel.SocketState{UnreadBytes: 128172, RcvBuf: 131072},
		Sender: kernel.SocketState{SendQueueBytes: 2619220, SndBuf: 2626560, SndWnd: 0,
			RwndLimited: int64(9100 * time.Millisecond), Busy: int64(9200 * time.Millisecond)},
	}
	return st, &kernel.Witness{
		Isolated: true, Tick: 4 * time.Millisecond, Probes: 5, ProbesFrom: "TCPWinProbe", Readings: []kernel.Reading{end},
		Send:    kernel.CallStats{Calls: 274739, Bytes: 2747390},
		Blocked: &kernel.BlockedCall{Syscall: "sendto"},
		Counters: []kernel.Counter{{Name: "TCPKeepAlive", Before: 2, After: 3},
			{Name: "TCPToZeroWindowAdv", After: 1}, {Name: "TCPFromZeroWindowAdv"},
			{Name: "TCPRcvQDrop", Before: 7, After: 7}, {Name: "OutRsts"}},
	}
}

func prove(st *analyze.Stream, w *kernel.Witness) *proof.Proof {
	tl := chart.New(1000)
	tl.Add(&analyze.Sample{Segment: &capture.Segment{Time: 5}, Stream: st.ID, Dir: analyze.ServerToClient, Window: 0, Ack: 128173})
	return proof.Prove(st, analyze.ClientToServer, w, tl, "")
}

func TestProofHolds(t *testing.T) {
	p := prove(flooded())
	if failed := p.Failed(); len(failed) != 0 {
		t.Errorf("rows failed: %+v", failed)
	}
	judged := map[string]bool{}
	for _, r := range p.Rows {
		judged[r.Name] = r.Judged
	}
	for _, name := range []string{"receive queue", "receive buffer", "send queue", "send buffer", "window seen",
		"probes", "keep-alives", "to zero window", "from zero window", "time limited by the window", "time busy"} {
		if !judged[name] {
			t.Errorf("%s was not judged", name)
		}
	}
	if a := p.Accepted; a == nil || a.Half != 1373696 || a.Backlog != 2619220 {
		t.Errorf("accepted: %+v", a)
	}
}

// TestProofFails changes one number at a time: exactly the row of that number must fail.
func TestProofFails(t *testing.T) {
	for _, tt := range []struct {
		row    string
		breaks func(*analyze.Stream, *kernel.Witness)
	}{
		{"receive queue", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[0].Receiver.UnreadBytes++ }},
		{"receive buffer", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[0].Receiver.RcvBuf = 128171 }},
		{"send queue", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[0].Sender.SendQueueBytes-- }},
		{"send buffer", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[0].Sender.SndBuf *= 2 }},
		{"window seen", func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[0].Sender.SndWnd = 128 }},
		{"probes", func(st *analyze.Stream, _ *kernel.Witness) { st.Dirs[0].Probes = 6 }},
		{"keep-alives", func(st *analyze.Stream, _ *kernel.Witness) { st.Dirs[1].KeepAlives = 1 }},
		{"to zero window", func(st *analyze.Stream, _ *kernel.Witness) { st.Dirs[0].Window.ToZero = 2 }},
		{"from zero window", func(_ *analyze.Stream, w *kernel.Witness) { w.Counters[2].After = 1 }},
		{"time limited by the window", func(st *analyze.Stream, _ *kernel.Witness) {
			st.Dirs[0].Budget.ZeroWindow, st.Dirs[0].Budget.Network = 8500*time.Millisecond, 500*time.Millisecond
		}},
		{"time busy", func(st *analyze.Stream, _ *kernel.Witness) {
			st.Dirs[0].Budget.Network, st.Dirs[0].Budget.SenderIdle = 800*time.Millisecond, 200*time.Millisecond
		}},
	} {
		t.Run(tt.row, func(t *testing.T) {
			st, w := flooded()
			tt.breaks(st, w)
			failed := prove(st, w).Failed()
			if len(failed) != 1 || failed[0].Name != tt.row {
				t.Errorf("failed rows: %+v", failed)
			}
		})
	}
}

// TestProofOfOtherWay: the queues of the other direction are compared if it carried data.
func TestProofOfOtherWay(t *testing.T) {
	both := func() (*analyze.Stream, *kernel.Witness) {
		st, w := flooded()
		st.Dirs[analyze.ServerToClient].AckedBytes = 700
		end := &w.Readings[0]
		end.BackAcceptedBytes, end.BackReadBytes = 1000, 200
		end.Sender.UnreadBytes, end.Receiver.SendQueueBytes = 500, 300
		return st, w
	}
	if p := prove(both()); len(p.Failed()) != 0 || len(p.Rows) != len(prove(flooded()).Rows)+2 {
		t.Errorf("rows: %+v", p.Rows)
	}
	for row, breaks := range map[string]func(*kernel.Reading){
		"sender's receive queue": func(end *kernel.Reading) { end.Sender.UnreadBytes++ },
		"receiver's send queue":  func(end *kernel.Reading) { end.Receiver.SendQueueBytes-- },
	} {
		st, w := both()
		breaks(&w.Readings[0])
		if failed := prove(st, w).Failed(); len(failed) != 1 || failed[0].Name != row {
			t.Errorf("%s: failed rows: %+v", row, failed)
		}
	}
}

// TestProofOfOthers: the kernel's counters cover all connections of an experiment.
func TestProofOfOthers(t *testing.T) {
	st, w := flooded()
	w.Probes += 2
	w.Counters[0].After += 3 // keep-alives
	w.Counters[1].After += 4 // to zero window
	w.Counters[2].After += 1 // from zero window
	other := &analyze.Stream{ID: 4}
	other.Dirs[0].Probes, other.Dirs[1].KeepAlives = 2, 3
	other.Dirs[0].Window.ToZero, other.Dirs[0].Window.FromZero = 4, 1
	if failed := proof.Prove(st, analyze.ClientToServer, w, nil, "", other).Failed(); len(failed) != 0 {
		t.Errorf("rows failed: %+v", failed)
	}
	if failed := proof.Prove(st, analyze.ClientToServer, w, nil, "").Failed(); len(failed) != 4 {
		t.Errorf("without the other stream %d rows failed: %+v", len(failed), failed)
	}
}

// TestSampledProbes: a sampled count of probes may be too small, but not smaller than the
// counter of the whole machine allows, and not too large.
func TestSampledProbes(t *testing.T) {
	for _, tt := range []struct {
		sampled, counter int64
		judged, ok       bool
	}{
		{5, 5, true, true},
		{5, 9, true, true}, // others probe too
		{4, 5, false, false},
		{4, 4, true, false},
		{6, 9, true, false},
	} {
		st, w := flooded() // 5 probes
		w.Isolated, w.ProbesFrom, w.Probes = false, "icsk_backoff", tt.sampled
		w.Counters = append(w.Counters, kernel.Counter{Name: "TCPWinProbe", After: tt.counter})
		for _, r := range prove(st, w).Rows {
			if r.Name == "probes" && (r.Judged != tt.judged || r.OK != tt.ok || (r.Unjudged == proof.Sampled) == r.Judged) {
				t.Errorf("%+v: judged %v, because %q, OK %v", tt, r.Judged, r.Unjudged, r.OK)
			}
		}
	}
}

// TestZeroWindowsNotJudged: the rows of zero windows are not judged if the kernel counted
// zero windows that the packets don't show.
func TestZeroWindowsNotJudged(t *testing.T) {
	for counter, why := range map[int]string{3: "memory is short", 4: "a reset"} {
		st, w := flooded()
		w.Counters[counter].After++
		for _, r := range prove(st, w).Rows {
			if strings.HasSuffix(r.Name, " zero window") && (r.Judged || !strings.Contains(r.Unjudged, why)) {
				t.Errorf("%s, while %s rose: judged %v, because %q", r.Name, w.Counters[counter].Name, r.Judged, r.Unjudged)
			}
		}
	}
}

// TestProofOfOpenStall: a stall that had not ended with the last packet lasts until the
// kernel's reading. Without such a stall, the time after the last packet is uncertain.
func TestProofOfOpenStall(t *testing.T) {
	waiting := true
	for _, tt := range []struct {
		name     string
		stalls   []analyze.Stall
		ended    time.Duration // from the last packet to the reading
		limited  time.Duration // kernel's value
		holds    bool
		inferred time.Duration
	}{
		{name: "stalled", stalls: []analyze.Stall{{EndedBy: analyze.EndCaptureEnded, SenderWaiting: &waiting}},
			ended: 5 * time.Second, limited: 14 * time.Second, holds: true, inferred: 14 * time.Second},
		{name: "stalled, but not limited", stalls: []analyze.Stall{{EndedBy: analyze.EndCaptureEnded, SenderWaiting: &waiting}},
			ended: 5 * time.Second, limited: 9 * time.Second, inferred: 14 * time.Second},
		{name: "sender does not wait", stalls: []analyze.Stall{{EndedBy: analyze.EndCaptureEnded}},
			ended: 5 * time.Second, limited: 9 * time.Second, holds: true, inferred: 9 * time.Second},
		{name: "stall over", stalls: []analyze.Stall{{EndedBy: analyze.EndWindowUpdate, SenderWaiting: &waiting}},
			ended: 5 * time.Second, limited: 14 * time.Second, holds: true, inferred: 9 * time.Second},
		{name: "packets go on", ended: -2 * time.Second, limited: 7 * time.Second, holds: true, inferred: 9 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st, w := flooded()
			st.Dirs[0].Stalls, st.Dirs[0].StallCount = tt.stalls, int64(len(tt.stalls))
			w.Readings[0].Time = st.End + int64(tt.ended)
			w.Readings[0].Sender.RwndLimited = int64(tt.limited)
			for _, r := range prove(st, w).Rows {
				if r.Name == "time limited by the window" && (!r.Judged || r.OK != tt.holds || *r.Inferred != int64(tt.inferred)) {
					t.Errorf("inferred %v in %v to %v, kernel %v: OK %v", time.Duration(*r.Inferred), time.Duration(*r.Low), time.Duration(*r.High), tt.limited, r.OK)
				}
			}
		})
	}
}

// TestProofOfPacing: the kernel of a sender that paces may count less of the time in which
// the window was full, but not less of that in which it was closed.
func TestProofOfPacing(t *testing.T) {
	for _, tt := range []struct {
		congestion string
		limited    time.Duration
		holds      bool
	}{
		{"reno", 5 * time.Second, false},
		{"bbr", 5 * time.Second, true},
		{"bbr", time.Second, false},
		{"bbr", 10 * time.Second, false},
	} {
		st, w := flooded()
		st.Dirs[0].Budget = analyze.Budget{Total: 10 * time.Second, ZeroWindow: 3 * time.Second, WindowFull: 5 * time.Second, SenderIdle: 2 * time.Second}
		w.Congestion = tt.congestion
		w.Readings[0].Sender.RwndLimited = int64(tt.limited)
		for _, r := range prove(st, w).Rows {
			if r.Name == "time limited by the window" && (!r.Judged || r.OK != tt.holds) {
				t.Errorf("%s, kernel %v: between %v and %v: OK %v", tt.congestion, tt.limited, time.Duration(*r.Low), time.Duration(*r.High), r.OK)
			}
		}
	}
}

// TestProofOfBlockedChunk: a blocked call has passed a part of its chunk to the kernel;
// how much is unknown until it returns.
func TestProofOfBlockedChunk(t *testing.T) {
	for name, read := range map[string]int64{"nothing read since": 0, "read since": 128172} {
		t.Run(name, func(t *testing.T) {
			st, w := flooded()
			w.ChunkBytes = 64 << 20
			stall := w.Readings[0]
			stall.Moment, stall.AcceptedBytes = kernel.MomentStall, 0
			w.Readings[0].ReadBytes, w.Readings[0].Receiver.UnreadBytes = read, 128172-read
			w.Readings = append([]kernel.Reading{stall}, w.Readings...)
			if failed := prove(st, w).Failed(); len(failed) != 0 {
				t.Errorf("rows failed: %+v", failed)
			}
		})
	}
}

func TestProofWithholds(t *testing.T) {
	st, w := flooded()
	st.Dirs[0].AckedBytes++
	if p := proof.Prove(st, 0, w, nil, "7 packets were missed"); len(p.Failed()) != 0 || !strings.Contains(p.Withheld, "7 packets") {
		t.Errorf("withheld: failed %+v, withheld %q", p.Failed(), p.Withheld)
	}
	w.Readings = nil
	if p := proof.Prove(st, 0, w, nil, ""); len(p.Rows) != 0 || p.Withheld == "" {
		t.Errorf("without a reading at the end: %+v", p)
	}
}

// TestProofOfSharedHost: a counter of the whole machine may have counted others too, so
// that it must only not be smaller than what was seen.
func TestProofOfSharedHost(t *testing.T) {
	for name, tt := range map[string]struct {
		seen       uint64
		judged, ok bool
	}{
		"the same":   {seen: 1, judged: true, ok: true},
		"fewer seen": {seen: 0},
		"more seen":  {seen: 2, judged: true},
	} {
		t.Run(name, func(t *testing.T) {
			st, w := flooded()
			w.Isolated, w.ProbesFrom = false, "icsk_backoff"
			st.Dirs[0].KeepAlives = tt.seen
			w.Counters[4].After = 7 // resets of others: they can only raise the counters of windows
			st.Dirs[1].Probes = 2   // of the other sender: icsk_backoff counts one socket
			p := prove(st, w)
			for _, r := range p.Rows {
				if r.Name == "keep-alives" && (r.Judged != tt.judged || r.OK != tt.ok || (r.Unjudged == proof.HostWide) == r.Judged) {
					t.Errorf("judged %v, because %q, OK %v", r.Judged, r.Unjudged, r.OK)
				}
				if strings.HasSuffix(r.Name, " zero window") && !r.Judged {
					t.Errorf("%s is not judged, because %s", r.Name, r.Unjudged)
				}
			}
			if failed := p.Failed(); (len(failed) > 0) != (tt.judged && !tt.ok) {
				t.Errorf("rows failed: %+v", failed)
			}
		})
	}
}

func TestProofUnknownIsNil(t *testing.T) {
	st, w := flooded()
	w.Readings[0].Sender.SndWnd = kernel.Unknown
	for _, r := range proof.Prove(st, 0, w, nil, "").Rows {
		if r.Name == "window seen" && (r.Kernel != nil || r.Inferred != nil || r.Difference != nil || r.Judged) {
			t.Errorf("%+v", r)
		}
	}
}

func TestAcceptedRefusesTooFew(t *testing.T) {
	st, _ := flooded()
	if _, err := proof.NewAccepted(st, 0, 1000); err == nil {
		t.Error("fewer bytes accepted than sent: no error")
	}
	st.Dirs[0].UniqueBytes = 1000 // of those acknowledged, some were not captured
	if a, err := proof.NewAccepted(st, 0, st.Dirs[0].AckedBytes-1); err == nil {
		t.Errorf("fewer bytes accepted than acknowledged: a backlog of %d and no error", a.Backlog)
	}
}

// TestTimeTolerance: the limited time must be within 5% of itself, not of the stream's
// duration; the resolution of the kernel's clock comes on top.
func TestTimeTolerance(t *testing.T) {
	for _, tt := range []struct {
		name     string
		segments uint64
		kernel   time.Duration
		ok       bool
	}{
		{"5% of a second and two ticks", 0, 1058 * time.Millisecond, true},
		{"more", 0, 1059 * time.Millisecond, false},
		{"less", 0, 941 * time.Millisecond, false},
		{"the clock is read for 600 segments", 600, 1178 * time.Millisecond, true},
		{"more than that", 600, 1179 * time.Millisecond, false},
		{"never more than 5% of the total", 1e6, 1509 * time.Millisecond, false},
	} {
		st, w := flooded()
		d := &st.Dirs[0]
		d.DataSegments = tt.segments
		d.Budget = analyze.Budget{Total: st.Span, ZeroWindow: time.Second, SenderIdle: 9 * time.Second}
		w.Readings[0].Sender.RwndLimited = int64(tt.kernel)
		for _, r := range prove(st, w).Rows {
			if r.Name == "time limited by the window" && (!r.Judged || r.OK != tt.ok) {
				t.Errorf("%s: kernel %v in %v to %v: OK %v", tt.name, tt.kernel, time.Duration(*r.Low), time.Duration(*r.High), r.OK)
			}
		}
	}
}
