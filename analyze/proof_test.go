package analyze_test

import (
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
)

func p64(v int64) *int64 { return &v }

// flooded is a stream as the classic demonstration leaves it, and what the
// kernel said of it.
func flooded() (*analyze.Stream, *capture.Witness) {
	st := &analyze.Stream{ID: 3, Begin: 0, End: int64(10 * time.Second), Span: 10 * time.Second}
	d := &st.Dirs[analyze.ClientToServer]
	d.UniqueBytes, d.AckedBytes, d.MaxSegment, d.MSS = 128172, 128172, 32768, 65495
	d.Probes = 5
	d.KeepAlives = 1
	d.Window.Largest = p64(94208)
	d.Window.ToZero = 1
	d.Buffer.RcvBuf = analyze.Estimate{Low: p64(128172), High: p64(262144), Method: "absorbed"}
	d.Budget = analyze.Budget{Total: 10 * time.Second, ZeroWindow: 9 * time.Second, SenderIdle: time.Second}
	end := capture.Reading{
		Moment: capture.MomentEnd, Time: int64(10 * time.Second), AcceptedBytes: 2747392,
		Receiver: capture.SocketState{UnreadBytes: 128172, RcvBuf: 131072},
		Sender: capture.SocketState{SendQueueBytes: 2619220, SndBuf: 2626560, SndWnd: 0,
			RwndLimited: int64(9100 * time.Millisecond), Busy: int64(9200 * time.Millisecond)},
	}
	return st, &capture.Witness{
		Isolated: true, Probes: 5, ProbesFrom: "TCPWinProbe", Readings: []capture.Reading{end},
		Send:    capture.CallStats{Calls: 274739, Bytes: 2747390},
		Blocked: &capture.BlockedCall{Syscall: "sendto"},
		Counters: []capture.Counter{{Name: "TCPKeepAlive", Before: 2, After: 3},
			{Name: "TCPToZeroWindowAdv", After: 1}, {Name: "TCPFromZeroWindowAdv"}},
	}
}

func prove(st *analyze.Stream, w *capture.Witness) *analyze.Proof {
	tl := analyze.NewTimeline(1000)
	tl.Add(&analyze.Sample{Segment: &capture.Segment{Time: 5}, Stream: st.ID, Dir: analyze.ServerToClient, Window: 0, Ack: 128173})
	return analyze.Prove(st, analyze.ClientToServer, w, tl, "")
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
		"probes", "keep-alives", "time limited by the window", "time busy"} {
		if !judged[name] {
			t.Errorf("%s was not judged", name)
		}
	}
	for _, name := range []string{"to zero window", "from zero window"} {
		if j, ok := judged[name]; !ok || j {
			t.Errorf("%s: there %v, judged %v: the kernel counts another thing", name, ok, j)
		}
	}
	if a := p.Accepted; a == nil || a.Half != 1373696 || a.Backlog != 2619220 {
		t.Errorf("accepted: %+v", a)
	}
}

// TestProofFails breaks one number at a time: that row must fail, and no other.
func TestProofFails(t *testing.T) {
	for _, tt := range []struct {
		row    string
		breaks func(*analyze.Stream, *capture.Witness)
	}{
		{"receive queue", func(_ *analyze.Stream, w *capture.Witness) { w.Readings[0].Receiver.UnreadBytes++ }},
		{"receive buffer", func(_ *analyze.Stream, w *capture.Witness) { w.Readings[0].Receiver.RcvBuf = 128171 }},
		{"send queue", func(_ *analyze.Stream, w *capture.Witness) { w.Readings[0].Sender.SendQueueBytes-- }},
		{"send buffer", func(_ *analyze.Stream, w *capture.Witness) { w.Readings[0].Sender.SndBuf *= 2 }},
		{"window seen", func(_ *analyze.Stream, w *capture.Witness) { w.Readings[0].Sender.SndWnd = 128 }},
		{"probes", func(st *analyze.Stream, _ *capture.Witness) { st.Dirs[0].Probes = 6 }},
		{"keep-alives", func(st *analyze.Stream, _ *capture.Witness) { st.Dirs[1].KeepAlives = 1 }},
		{"time limited by the window", func(st *analyze.Stream, _ *capture.Witness) {
			st.Dirs[0].Budget.ZeroWindow, st.Dirs[0].Budget.Network = 8*time.Second, time.Second
		}},
		{"time busy", func(st *analyze.Stream, _ *capture.Witness) {
			st.Dirs[0].Budget.Total, st.Dirs[0].Budget.SenderIdle = 12*time.Second, time.Second
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

func TestProofWithholds(t *testing.T) {
	st, w := flooded()
	st.Dirs[0].AckedBytes++
	if p := analyze.Prove(st, 0, w, nil, "7 packets were missed"); len(p.Failed()) != 0 || !strings.Contains(p.Withheld, "7 packets") {
		t.Errorf("withheld: failed %+v, withheld %q", p.Failed(), p.Withheld)
	}
	w.Readings = nil
	if p := analyze.Prove(st, 0, w, nil, ""); len(p.Rows) != 0 || p.Withheld == "" {
		t.Errorf("without an end: %+v", p)
	}
}

// TestProofOfSharedHost: other traffic counts too, so that counters prove
// nothing there.
func TestProofOfSharedHost(t *testing.T) {
	st, w := flooded()
	w.Isolated, w.ProbesFrom = false, "icsk_backoff"
	w.Counters[0].After = 99
	st.Dirs[1].Probes = 2 // of another sender: icsk_backoff is of one socket
	if failed := prove(st, w).Failed(); len(failed) != 0 {
		t.Errorf("rows failed: %+v", failed)
	}
}

func TestProofUnknownIsNil(t *testing.T) {
	st, w := flooded()
	w.Readings[0].Sender.SndWnd = capture.Unknown
	for _, r := range analyze.Prove(st, 0, w, nil, "").Rows {
		if r.Name == "window seen" && (r.Kernel != nil || r.Inferred != nil || r.Difference != nil || r.Judged) {
			t.Errorf("%+v", r)
		}
	}
}

func TestAcceptedRefusesTooFew(t *testing.T) {
	st, _ := flooded()
	if _, err := analyze.NewAccepted(st, 0, 1000); err == nil {
		t.Error("fewer bytes accepted than sent: no error")
	}
}
