package cause

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// client and server are the endpoints of the facts in these tests.
var client, server = netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:80")

func facts(change func(*Facts)) *Facts {
	f := &Facts{Client: client, Server: server}
	f.Flows[0] = Flow{Sender: client, Receiver: server, Segments: 10, DataSegments: 10, Bytes: 10_000, Total: 10 * time.Second}
	f.Flows[1] = Flow{Sender: server, Receiver: client, Segments: 10, Total: 10 * time.Second}
	change(f)
	return f
}

// TestFindings checks which cause the facts of a stream lead to.
func TestFindings(t *testing.T) {
	for _, tc := range []struct {
		name       string
		change     func(*Facts)
		code       Code
		severity   Severity
		confidence Confidence
		says       string
	}{
		{"nothing", func(*Facts) {}, Healthy, OK, High, "the window never stopped 10.0.0.1:40000"},
		{"no data", func(f *Facts) { f.Flows[0].Bytes = 0 }, Healthy, OK, High, "no data"},
		{"a short stall", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest = 1, 300*time.Millisecond, 300*time.Millisecond
		}, ReceiverSlow, Warning, Medium, "did not read for 0.300 s"},
		{"a long stall the other way", func(f *Facts) {
			f.Flows[1].Stalls, f.Flows[1].StallTime, f.Flows[1].Longest = 1, 2*time.Second, 2*time.Second
		}, ReceiverNotReading, Problem, Medium, "behind 10.0.0.1:40000 did not read for 2.000 s"},
		{"many stalls", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest = 10, 10*time.Second, 2*time.Second
		}, ReceiverSlow, Problem, Medium, "read too slowly"},
		{"stalls that are no longer listed", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime = 3, 2*time.Second
		}, ReceiverSlow, Problem, Low, "kept the sender waiting 3 times, for 2.000 s in all"},
		{"a stall that nobody notices", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest, f.Flows[0].LongestOpen = 1, 9*time.Millisecond, 9*time.Millisecond, true
		}, Healthy, OK, High, "nobody waited in a way that a person could notice: the window of 10.0.0.2:80 kept the sender waiting for 9.0 ms"},
		{"nor as a share of a short time", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest = 1, 9*time.Millisecond, 9*time.Millisecond
			f.Flows[0].Limited, f.Flows[0].Total = 9*time.Millisecond, 27*time.Millisecond
		}, Healthy, OK, High, "kept the sender waiting for 9.0 ms"},
		{"a full window that nobody notices", func(f *Facts) {
			f.Flows[0].Limited, f.Flows[0].Total = 9*time.Millisecond, 27*time.Millisecond
		}, Healthy, OK, High, "the window of 10.0.0.2:80 was full for 9.0 ms"},
		{"nor in one direction", func(f *Facts) {
			f.OneSided, f.Flows[1].Segments = true, 0
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest = 1, 18*time.Microsecond, 18*time.Microsecond
		}, OneSided, Note, Low, "only the packets from"},
		{"many that add up", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest = 20, 40*time.Millisecond, 2*time.Millisecond
		}, ReceiverSlow, Warning, Medium, "20 times"},
		{"a window that never opens", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest = 1, 94*time.Second, 94*time.Second
			f.Flows[0].LongestOpen, f.Flows[0].Early = true, true
		}, WindowNeverOpen, Problem, Low, "10.0.0.2:80 kept its window at 0 from the start for at least 94.000 s"},
		{"a window that opens late, and then closes again and again", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest, f.Flows[0].Early = 40, 3*time.Second, 100*time.Millisecond, true
		}, ReceiverSlow, Problem, Medium, "kept the sender waiting 40 times"},
		{"a timer that sends what fits", func(f *Facts) {
			f.Flows[0].Stalls, f.Flows[0].StallTime, f.Flows[0].Longest, f.Flows[0].LongestByTimer = 1, 5*time.Second, 5*time.Second, true
		}, ReceiverSlow, Problem, Medium, "read too slowly: its window was too small for a full segment, which kept the sender waiting for 5.000 s"},
		{"two numberings", func(f *Facts) { f.Renumbered = true }, MiddleboxISN, Note, Medium, "this cannot be judged"},
		{"loss", func(f *Facts) { f.Flows[0].resend(3) }, PathLoss, Warning, Medium, "3 of 10 data segments"},
		{"two retransmissions", func(f *Facts) { f.Flows[0].resend(2) }, Retransmissions, Note, High, "2 retransmissions"},
		{"FIN sent again", func(f *Facts) { f.Flows[0].Retransmissions, f.Flows[0].DataSegments = 5, 1 }, Retransmissions, Note, High, "5 retransmissions of the SYN or FIN, none of data"},
		{"few of many", func(f *Facts) { f.Flows[0].resend(3); f.Flows[0].DataSegments = 601 }, Retransmissions, Note, High, "3 retransmissions"},
		{"refused", func(f *Facts) { f.Refused, f.OneSided = true, true }, Refused, Note, High, "10.0.0.2:80 refused"},
		{"unanswered", func(f *Facts) { f.Unanswered, f.OneSided = true, true }, Unanswered, Note, High, "did not answer"},
		{"one side", func(f *Facts) { f.OneSided, f.Flows[1].Segments = true, 0 }, OneSided, Note, Low, "10.0.0.1:40000"},
		{"a full window", func(f *Facts) { f.Flows[0].Limited = 2 * time.Second }, WindowLimited, Note, Medium, "2.000 s of 10.000 s"},
		{"a window that is seldom full", func(f *Facts) { f.Flows[0].Limited = time.Second }, Healthy, OK, High, "never stopped"},
		{"drops", func(f *Facts) { f.Dropped = true }, Healthy, OK, Medium, "never stopped"},
		{"refused with drops", func(f *Facts) { f.Dropped, f.Refused = true, true }, Refused, Note, High, "refused"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, f := New(DefaultLimits()), facts(tc.change)
			var stall *Stall
			if f.Flows[f.Main()].Longest > 0 {
				stall = &Stall{WasZero: true}
			}
			got := c.Explain(f, stall)
			if got.Code != tc.code || got.Severity != tc.severity || got.Confidence != tc.confidence || !strings.Contains(got.Sentence, tc.says) {
				t.Errorf("%s, %s, %s: %s\nwant %s, %s, %s: %s", got.Code, got.Severity, got.Confidence, got.Sentence,
					tc.code, tc.severity, tc.confidence, tc.says)
			}
			if j := c.Judge(f); j.Code != got.Code || j.Severity != got.Severity || j.Wait != got.Wait {
				t.Errorf("judged as %+v, explained as %+v", j, got)
			}
		})
	}
}

// TestCodes checks that codes are distinct, and that the catalogue ends with the cause that always applies.
func TestCodes(t *testing.T) {
	codes := Codes()
	sorted := slices.Sorted(slices.Values(codes))
	if len(slices.Compact(sorted)) != len(codes) {
		t.Errorf("codes are not distinct: %q", codes)
	}
	if codes[len(codes)-1] != Healthy {
		t.Errorf("the last code is %q, want %q", codes[len(codes)-1], Healthy)
	}
}

// resend makes n retransmissions of data.
func (d *Flow) resend(n uint64) { d.Retransmissions, d.DataRetransmissions = n, n }
