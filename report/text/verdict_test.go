package text

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/report"
)

// twoFindings is a capture of three streams that wait for the same cause, two of them for
// the same host.
func twoFindings() *report.Material {
	at := time.Date(2026, 3, 1, 22, 13, 20, 503_005_000, time.UTC).UnixNano()
	f := cause.Finding{
		Severity: cause.Problem, Code: cause.ReceiverSlow, Party: cause.ReceivingHost, Wait: 6 * time.Second,
		Sentence: "10.0.0.2:5001 opens its window only when it is probed: 10.0.0.1:40000 waited " +
			"for 6.000 s in all, and each wait ended with the answer to a probe",
		Confidence: cause.Medium, Because: "4 of 4 stalls ended with the answer to a probe, none with a window update",
		Evidence: []cause.Evidence{
			{Text: "the window of 10.0.0.2:5001 closed", Mark: cause.Mark{Frame: 89, Time: at}},
			{Text: "a probe was answered, and the answer opened the window", Mark: cause.Mark{Frame: 93, Time: at + 1e9}},
			{Text: "4 probes were answered"},
			{Text: "the fourth fact", Mark: cause.Mark{Frame: 99, Time: at + 2e9}},
		},
		Excluded: []string{"not loss: 0 retransmissions", "not a lost update: 4 of 4 stalls had none"},
		Cure:     "fix the receiver's stack: it must announce that its window opened (RFC 9293 3.8.6.2.2)",
		Settle:   "a capture at the receiver: it shows whether an update left",
		Host:     netip.MustParseAddr("10.0.0.2"), Command: "ss -tinmpo src 10.0.0.2:5001 dst 10.0.0.1:40000",
	}
	st := &analyze.Stream{Handshake: analyze.HandshakeComplete}
	client, server := netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:5001")
	st.Dirs[0].Sender, st.Dirs[0].Receiver, st.Dirs[1].Sender, st.Dirs[1].Receiver = client, server, server, client
	other := f
	other.Code, other.Flow, other.Wait, other.Severity = cause.ReceiverNotReading, 1, 2*time.Second, cause.Warning
	idle := cause.Finding{Code: cause.SenderIdle, Party: cause.SendingApplication, Sentence: "it had nothing to send", Confidence: cause.High, Wait: 2 * time.Second}
	ok := cause.Finding{Code: cause.Healthy, Party: cause.Nobody, Sentence: "fine", Confidence: cause.High, Wait: time.Microsecond}
	st.Diagnose(cause.Diagnosis{Verdict: f, Causes: []cause.Finding{f, other, idle, ok},
		Considered: []cause.Considered{{Code: cause.PathLoss, Why: "0 retransmissions of data"}}})
	same, elsewhere := *st, *st
	same.ID, same.Verdict.Stream, elsewhere.ID, elsewhere.Verdict.Stream = 1, 1, 2, 2
	elsewhere.Dirs[0].Receiver = netip.MustParseAddrPort("10.0.0.3:5001")
	r := &analyze.Result{Segments: 99, StreamCount: 3, StalledStreams: 3, Begin: at, End: at + 1e10}
	return &report.Material{Result: r.Select([]*analyze.Stream{st, &same, &elsewhere})}
}

func textWith(t *testing.T, opt Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, twoFindings(), opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestFinding checks that a finding has its reasons, and that they are said once.
func TestFinding(t *testing.T) {
	const want = `PROBLEM  2 streams to 10.0.0.2:5001: its application reads too slowly, 12.000 s
         in all; worst is stream 0 (6.000 s)
         stream 0: 10.0.0.2:5001 opens its window only when it is probed:
         10.0.0.1:40000 waited for 6.000 s in all, and each wait ended with the
         answer to a probe
         who: the receiving host · medium confidence: 4 of 4 stalls ended with
         the answer to a probe, none with a window update
         frame 89, 22:13:20.503005 UTC: the window of 10.0.0.2:5001 closed
         frame 93, 22:13:21.503005: a probe was answered, and the answer opened
         the window
         not loss: 0 retransmissions; not a lost update: 4 of 4 stalls had none
         cure: fix the receiver's stack: it must announce that its window opened
         (RFC 9293 3.8.6.2.2)
         to be sure: a capture at the receiver: it shows whether an update left
         next, on 10.0.0.2: ss -tinmpo src 10.0.0.2:5001 dst 10.0.0.1:40000
PROBLEM  stream 2: `
	got := textWith(t, Options{})
	if !strings.HasPrefix(got, want) {
		t.Errorf("want\n%s\ngot\n%s", want, got)
	}
	if wide := textWith(t, Options{Width: 110}); !strings.Contains(wide, "4 probes were answered\n") || strings.Contains(wide, "the fourth fact") {
		t.Errorf("want three facts in\n%s", wide)
	}
	for _, once := range []string{"cure: ", "to be sure: ", " UTC"} {
		if n := strings.Count(got, once); n != 1 {
			t.Errorf("%q is said %d times in\n%s", once, n, got)
		}
	}
}

// TestQuietFindings checks that a quiet report has one line for each finding.
func TestQuietFindings(t *testing.T) {
	var out bytes.Buffer
	m := twoFindings()
	m.Result.OtherFindings = analyze.Rest{Streams: 5, Wait: 3 * time.Second}
	if err := Write(&out, m, Options{Quiet: true, Width: 110}); err != nil {
		t.Fatal(err)
	}
	const want = `PROBLEM  2 streams to 10.0.0.2:5001: its application reads too slowly, 12.000 s in all; worst is stream 0
         (6.000 s)
PROBLEM  stream 2: 10.0.0.2:5001 opens its window only when it is probed: 10.0.0.1:40000 waited for 6.000 s in
         all, and each wait ended with the answer to a probe
         … and 5 more streams with smaller ones, 3.000 s in all
`
	if out.String() != want {
		t.Errorf("want\n%s\ngot\n%s", want, &out)
	}
}

// TestTimeByCause checks where the time of a stream went.
func TestTimeByCause(t *testing.T) {
	const bar = `
         █ receiver-slow 60.0%  ▓ receiver-not-reading (data from 10.0.0.2:5001) 20.0%
         · sender-idle 20.0%  of 10.000 s
`
	const more = `
Causes   receiver-not-reading 20.0%: 10.0.0.2:5001 opens its window only when it is probed:
         10.0.0.1:40000 waited for 6.000 s in all, and each wait ended with the answer to a probe
         (the receiving host, medium confidence)
         sender-idle 20.0%: it had nothing to send (the sending application, high confidence)
Fell     path-loss: 0 retransmissions of data
`
	quiet, verbose := textWith(t, Options{Width: 100}), textWith(t, Options{Width: 100, Verbose: true})
	for text, want := range map[string][]string{quiet: {bar}, verbose: {bar, more, "the fourth fact"}} {
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("want\n%s\nin\n%s", w, text)
			}
		}
	}
	if strings.Contains(quiet, "Fell") {
		t.Error("a report that is not verbose lists what fell")
	}
}
