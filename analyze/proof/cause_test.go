package proof_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// expecting adds an answer key to the classic demonstration, and what makes it right.
func expecting() (*analyze.Stream, *kernel.Witness) {
	st, w := flooded()
	st.Verdict.Code, st.Verdict.Confidence = "receiver-not-reading", cause.High
	w.Expected = kernel.Expected{SetUp: "the server never reads", Causes: []string{"receiver-slow", "receiver-not-reading"}, Limit: kernel.LimitWindow}
	w.Readings = append([]kernel.Reading{{Moment: kernel.MomentEstablished, Time: int64(800 * time.Millisecond)}}, w.Readings...)
	return st, w
}

// TestCause changes one thing at a time.
func TestCause(t *testing.T) {
	const says = "the experiment on the cause: set up receiver-slow or receiver-not-reading, limited by the window (the server never reads); "
	for _, tt := range []struct {
		name    string
		changes func(*analyze.Stream, *kernel.Witness)
		judged  bool
		wrong   string
	}{
		{name: "all agree", changes: func(*analyze.Stream, *kernel.Witness) {}, judged: true},
		{name: "another cause", changes: func(st *analyze.Stream, _ *kernel.Witness) { st.Verdict.Code = "sender-idle" }, judged: true,
			wrong: says + "the packets say sender-idle; the kernel says: the window held the sender back for 9.10 s of 9.20 s"},
		{name: "another limit", changes: func(_ *analyze.Stream, w *kernel.Witness) {
			w.Readings[1].Sender.SndbufLimited = int64(9 * time.Second)
			w.Readings[0].Sender.RwndLimited = int64(9050 * time.Millisecond)
		}, judged: true,
			wrong: says + "the packets say receiver-not-reading; the kernel says: the send buffer held the sender back for 9.00 s of 9.20 s"},
		{name: "a kernel that does not say", changes: func(_ *analyze.Stream, w *kernel.Witness) { w.Readings[0].Sender.SndbufLimited = kernel.Unknown }, judged: true},
		{name: "any limit is right", changes: func(_ *analyze.Stream, w *kernel.Witness) {
			w.Expected.Limit = kernel.LimitUnknown
			w.Readings[1].Sender.SndbufLimited = int64(9 * time.Second)
		}, judged: true},
		{name: "a setting decides", changes: func(st *analyze.Stream, w *kernel.Witness) { st.Verdict.Code, w.Expected.Void = "ok", "of a setting" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st, w := expecting()
			tt.changes(st, w)
			p := prove(st, w)
			c := p.Cause
			if c == nil || c.Judged != tt.judged || c.Unjudged != w.Expected.Void {
				t.Fatalf("%+v", c)
			}
			if said := strings.Join(p.Disagreements(), "\n"); said != tt.wrong || p.Wrong() != (tt.wrong != "") {
				t.Errorf("wrong %v: %q, want %q", p.Wrong(), said, tt.wrong)
			}
		})
	}
}

// TestCauseOverLateLink: if the link was late, a wrong verdict may be the link's fault, and a
// right one is still right.
func TestCauseOverLateLink(t *testing.T) {
	for _, tt := range []struct {
		rtt, late time.Duration
		code      cause.Code
		judged    bool
	}{
		{40 * time.Millisecond, 11 * time.Millisecond, "receiver-slow", true},
		{40 * time.Millisecond, 11 * time.Millisecond, "ok", false},
		{40 * time.Millisecond, 10 * time.Millisecond, "ok", true},
		{2 * time.Millisecond, time.Millisecond, "ok", true},
		{2 * time.Millisecond, 2 * time.Millisecond, "ok", false},
	} {
		st, w := expecting()
		st.Verdict.Code = tt.code
		w.Path = &kernel.Path{RTT: tt.rtt}
		w.Path.Ways[kernel.ServerEnd].Latest = tt.late
		if c := prove(st, w).Cause; c.Judged != tt.judged || (c.Unjudged == "") != tt.judged {
			t.Errorf("late by %v of %v, %s: %+v", tt.late, tt.rtt, tt.code, c)
		}
	}
}

// TestCauseWithheld: where the rows prove nothing, the cause does not either.
func TestCauseWithheld(t *testing.T) {
	st, w := expecting()
	st.Verdict.Code = "ok"
	if c := proof.Prove(st, 0, w, nil, "7 packets were missed").Cause; c.Judged || c.OK {
		t.Errorf("%+v", c)
	}
	w.Expected = kernel.Expected{}
	if c := prove(st, w).Cause; c != nil {
		t.Errorf("nothing was expected: %+v", c)
	}
}

// TestProofTravels: a sweep gets the proofs of its runs as encoding/json writes them.
func TestProofTravels(t *testing.T) {
	p := prove(expecting())
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var got *proof.Proof
	if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, p) || got.Cause == nil {
		t.Errorf("%v: %+v, want %+v", err, got, p)
	}
}

func TestDisagreements(t *testing.T) {
	one, many := int64(1), int64(3910656)
	p := proof.Proof{Rows: []proof.Row{
		{Name: "probes", Unit: "count", Inferred: &one, Kernel: &many, Exact: true, Judged: true},
		{Name: "send buffer", Unit: "bytes", High: &one, Kernel: &many, Judged: true},
		{Name: "not judged", Unit: "bytes", Inferred: &one, Kernel: &many, Exact: true},
	}}
	const want = "the kernel on probes: inferred 1, kernel 3,910,656 (count)\nthe kernel on send buffer: inferred unknown to 1, kernel 3,910,656 (bytes)"
	if got := strings.Join(p.Disagreements(), "\n"); got != want {
		t.Errorf("%q", got)
	}
}
