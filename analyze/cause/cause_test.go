package cause

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var client, server = netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:80")

// facts returns the facts of a stream of 10 s whose client sends data all the time, after
// a change.
func facts(change func(*Facts)) *Facts {
	f := &Facts{Server: server, Total: 10 * time.Second}
	f.Flows[0] = Flow{Sender: client, Receiver: server, Segments: 10, DataSegments: 10, Bytes: 10_000}
	f.Flows[1] = Flow{Sender: server, Receiver: client, Segments: 10}
	f.Flows[0].Spent[Idle], f.Flows[1].Spent[Idle] = f.Total, f.Total
	change(f)
	return f
}

// spend moves idle time to another kind.
func (d *Flow) spend(k Kind, t time.Duration) {
	d.Spent[Idle] -= t
	d.Spent[k] += t
}

// stall adds stalls of a window of 0, of the given duration each.
func (d *Flow) stall(w Stall, times ...time.Duration) {
	for _, t := range times {
		w.Duration, w.WasZero, w.Waiting = t, !w.ByTimer, true
		d.Stalls = append(d.Stalls, w)
		d.StallCount++
		d.StallTime += t
		d.spend(Closed, t)
	}
}

const ms = time.Millisecond

func TestFindings(t *testing.T) {
	for _, tc := range []struct {
		name       string
		change     func(*Facts)
		code       Code
		severity   Severity
		confidence Confidence
		wait       time.Duration
		says       string
	}{
		{"nothing", func(*Facts) {}, Healthy, OK, High, 0, "the window never stopped 10.0.0.1:40000"},
		{"no data", func(f *Facts) { f.Flows[0].Bytes = 0 }, Healthy, OK, High, 0, "no data"},
		{"a short stall", func(f *Facts) { f.Flows[0].stall(Stall{}, 300*ms) },
			ReceiverNotReading, Warning, High, 300 * ms, "did not read for 0.300 s"},
		{"a short stall among many waits", func(f *Facts) { f.Flows[0].stall(Stall{}, 50*ms); f.Flows[0].spend(Held, 900*ms) },
			ReceiverSlow, Warning, High, 950 * ms, "waiting for 0.950 s in all, once for 50.0 ms"},
		{"a long stall the other way", func(f *Facts) { f.Flows[1].stall(Stall{}, 2000*ms) },
			ReceiverNotReading, Problem, High, 2000 * ms, "behind 10.0.0.1:40000 did not read for 2.000 s"},
		{"many stalls", func(f *Facts) { f.Flows[0].stall(Stall{}, slices.Repeat([]time.Duration{900 * ms}, 10)...) },
			ReceiverSlow, Problem, High, 9000 * ms, "read too slowly"},
		{"stalls that are no longer listed", func(f *Facts) {
			f.Flows[0].StallCount, f.Flows[0].StallTime = 3, 2*time.Second
			f.Flows[0].spend(Closed, 2*time.Second)
		}, ReceiverSlow, Problem, Low, 2000 * ms, "kept the sender waiting for 2.000 s in all"},
		{"a stall that nobody notices", func(f *Facts) { f.Flows[0].stall(Stall{Open: true}, 9*ms) },
			Healthy, OK, High, 0, "nobody waited in a way that a person could notice: the window of 10.0.0.2:80 kept the sender waiting for 9.0 ms"},
		{"a full window that nobody notices", func(f *Facts) { f.Flows[0].spend(Full, 9*ms); f.Total = 27 * ms },
			Healthy, OK, High, 0, "the window of 10.0.0.2:80 was full for 9.0 ms"},
		{"a stall in one direction that nobody notices", func(f *Facts) {
			f.OneSided, f.Flows[1].Segments = true, 0
			f.Flows[0].stall(Stall{}, 18*time.Microsecond)
		}, CannotTell, Note, Low, 0, "only the packets from"},
		{"many that add up", func(f *Facts) { f.Flows[0].stall(Stall{}, slices.Repeat([]time.Duration{2 * ms}, 20)...) },
			ReceiverSlow, Warning, High, 40 * ms, "20 times"},
		{"a window that never opens", func(f *Facts) { f.Flows[0].stall(Stall{Open: true, Early: true}, 9400*ms) },
			WindowNeverOpen, Problem, Medium, 9400 * ms, "10.0.0.2:80 kept its window at 0 from the start for at least 9.400 s"},
		{"a window that opens late, and then closes again and again", func(f *Facts) {
			f.Flows[0].stall(Stall{Early: true}, 100*ms)
			f.Flows[0].stall(Stall{}, slices.Repeat([]time.Duration{70 * ms}, 39)...)
		}, ReceiverSlow, Problem, High, 2730 * ms, "kept the sender waiting 39 times"},
		{"a timer that sends what fits", func(f *Facts) { f.Flows[0].stall(Stall{ByTimer: true}, 5000*ms) },
			ReceiverSlow, Problem, Medium, 5000 * ms, "read too slowly: its window was too small for a full segment, which kept the sender waiting for 5.000 s"},
		{"a window that never opens, and nothing comes", func(f *Facts) {
			f.Flows[0].stall(Stall{Open: true, Early: true, Silent: 9000 * ms, Unanswered: 4}, 400*ms)
			f.Flows[0].spend(Silent, 9000*ms)
		}, WindowNeverOpen, Problem, Medium, 9400 * ms, "10.0.0.2:80 kept its window at 0 from the start for at least 9.400 s"},
		{"nobody answers", func(f *Facts) {
			f.Flows[0].ProbeAnswers = 1
			f.Flows[0].stall(Stall{Open: true, Silent: 8000 * ms, Unanswered: 3}, 1500*ms)
			f.Flows[0].spend(Silent, 8000*ms)
		}, PeerGone, Problem, High, 8000 * ms, "nothing came from 10.0.0.2:80 for at least 8.000 s, although 3 probes were due an answer"},
		{"nobody answers twice", func(f *Facts) {
			f.Flows[0].ProbeAnswers = 1
			f.Flows[0].stall(Stall{Open: true, Silent: 8000 * ms, Unanswered: 2}, 1500*ms)
			f.Flows[0].spend(Silent, 8000*ms)
		}, PeerGone, Problem, Medium, 8000 * ms, "2 probes were due an answer"},
		{"nobody ever answered", func(f *Facts) {
			f.Flows[0].stall(Stall{GaveUp: true, Silent: 8000 * ms, Unanswered: 8}, 1500*ms)
			f.Flows[0].spend(Silent, 8000*ms)
		}, PeerGone, Problem, Medium, 8000 * ms, "then the sender gave up"},
		{"nobody answers after a long stall", func(f *Facts) {
			f.Flows[0].stall(Stall{Open: true, Silent: 1000 * ms, Unanswered: 3, Probes: 9}, 8500*ms)
			f.Flows[0].spend(Silent, 1000*ms)
		}, ReceiverNotReading, Problem, High, 8500 * ms, "did not read for at least 8.500 s; the sender probed 9 times; after that, nothing came from the receiver"},
		{"a window update that is lost", func(f *Facts) {
			f.Flows[0].stall(Stall{Unaware: 4000 * ms}, 3000*ms)
			f.Flows[0].spend(Unaware, 4000*ms)
		}, UpdateLost, Problem, High, 4000 * ms, "10.0.0.1:40000 did not know for 4.000 s"},
		{"every one of them", func(f *Facts) {
			f.Flows[0].stall(Stall{Unaware: 2000 * ms}, 100*ms, 100*ms)
			f.Flows[0].spend(Unaware, 4000*ms)
		}, UpdateLost, Problem, Medium, 4000 * ms, "did not know for 4.000 s"},
		{"a sender that does not go on", func(f *Facts) {
			f.Flows[0].stall(Stall{Stuck: 8000 * ms, Probes: 1, DataProbed: true}, 700*ms)
			f.Flows[0].spend(Stuck, 8000*ms)
		}, SenderNotResuming, Problem, High, 8000 * ms, "10.0.0.1:40000 had data and sent nothing for 8.000 s"},
		{"a sender that probed with nothing, and does not go on", func(f *Facts) {
			f.Flows[0].stall(Stall{Stuck: 8000 * ms, Probes: 3}, 700*ms)
			f.Flows[0].spend(Stuck, 8000*ms)
		}, SenderNotResuming, Problem, Medium, 8000 * ms, "sent nothing for 8.000 s"},
		{"a receiver that opens only when it is asked", func(f *Facts) {
			f.Flows[0].LargestWindow = 1000
			f.Flows[0].stall(Stall{Asked: true, OpenedTo: 1000, Probes: 1}, slices.Repeat([]time.Duration{210 * ms}, 5)...)
		}, ReceiverNoUpdate, Problem, Medium, 1050 * ms, "5 of 5 stalls"},
		{"with losses", func(f *Facts) {
			f.Flows[0].LargestWindow, f.Flows[0].DataRetransmissions = 1000, 1
			f.Flows[0].stall(Stall{Asked: true, OpenedTo: 1000, Probes: 1}, slices.Repeat([]time.Duration{210 * ms}, 5)...)
		}, ReceiverNoUpdate, Problem, Low, 1050 * ms, "5 of 5 stalls"},
		{"twice", func(f *Facts) {
			f.Flows[0].LargestWindow = 1000
			f.Flows[0].stall(Stall{Asked: true, OpenedTo: 1000, Probes: 1}, 210*ms, 210*ms)
		}, ReceiverSlow, Warning, Medium, 420 * ms, "kept the sender waiting twice"},
		{"but little by little", func(f *Facts) {
			f.Flows[0].LargestWindow = 1000
			f.Flows[0].stall(Stall{Asked: true, OpenedTo: 400, Probes: 1}, slices.Repeat([]time.Duration{210 * ms}, 5)...)
		}, ReceiverSlow, Problem, High, 1050 * ms, "kept the sender waiting 5 times"},
		{"and sometimes of its own accord", func(f *Facts) {
			f.Flows[0].LargestWindow = 1000
			f.Flows[0].stall(Stall{Asked: true, OpenedTo: 1000, Probes: 1}, slices.Repeat([]time.Duration{210 * ms}, 4)...)
			f.Flows[0].stall(Stall{OpenedTo: 1000, Probes: 1}, 210*ms)
		}, ReceiverSlow, Problem, Medium, 1050 * ms, "kept the sender waiting 5 times"},
		{"each waits for the other", func(f *Facts) {
			for i := range f.Flows {
				f.Flows[i].stall(Stall{Open: true, Probes: 4, Mutual: 5 * time.Second}, 6*time.Second)
			}
		}, Deadlock, Problem, High, 6 * time.Second, "10.0.0.1:40000 and 10.0.0.2:80 wait for each other to read"},
		{"each waits for the other, as far as known", func(f *Facts) {
			for i := range f.Flows {
				f.Flows[i].stall(Stall{Open: true, Probes: 1, Mutual: 50 * ms}, 300*ms)
			}
		}, Deadlock, Warning, Medium, 300 * ms, "for at least 0.300 s"},
		{"both are closed for a while", func(f *Facts) {
			for i := range f.Flows {
				f.Flows[i].stall(Stall{Probes: 4, Mutual: 5 * time.Second}, 6*time.Second)
			}
		}, ReceiverNotReading, Problem, High, 6 * time.Second, "did not read for 6.000 s"},
		{"even segments", func(f *Facts) {
			f.Flows[0].stall(Stall{KeepAlives: 5}, 5000*ms)
			f.Flows[0].Stalls[0].Waiting = false
		}, ReceiverNotReading, Problem, Low, 5000 * ms, "did not read for 5.000 s"},
		{"probes for a FIN", func(f *Facts) { f.Flows[0].Doubtful = 2 * time.Second }, Healthy, OK, Medium, 0, "it had nothing to send"},
		{"two numberings", func(f *Facts) { f.Renumbered = true }, MiddleboxISN, Note, Medium, 0, "this cannot be judged"},
		{"loss", func(f *Facts) { f.Flows[0].resend(3) }, PathLoss, Warning, Medium, 0, "3 of 10 data segments"},
		{"two retransmissions", func(f *Facts) { f.Flows[0].resend(2) }, Healthy, OK, High, 0, "2 retransmissions"},
		{"FIN sent again", func(f *Facts) { f.Flows[0].Retransmissions, f.Flows[0].DataSegments = 5, 1 },
			Healthy, OK, High, 0, "5 retransmissions of the SYN or FIN, none of data"},
		{"few of many", func(f *Facts) { f.Flows[0].resend(3); f.Flows[0].DataSegments = 601 }, Healthy, OK, High, 0, "3 retransmissions"},
		{"refused", func(f *Facts) { f.Refused, f.OneSided = true, true }, Refused, Note, High, 10 * time.Second, "10.0.0.2:80 refused"},
		{"unanswered", func(f *Facts) { f.Unanswered, f.OneSided = true, true }, Unanswered, Note, High, 10 * time.Second, "did not answer"},
		{"one side", func(f *Facts) { f.OneSided, f.Flows[1].Segments = true, 0 }, CannotTell, Note, Low, 0, "10.0.0.1:40000"},
		{"a full window", func(f *Facts) { f.Flows[0].spend(Full, 2000*ms) }, WindowLimited, Warning, Medium, 2000 * ms, "2.000 s of 10.000 s"},
		{"a window that is full for less than half", func(f *Facts) { f.Flows[0].spend(Full, 2000*ms); f.Flows[0].spend(Flight, 3000*ms) }, WindowLimited, Note, Medium, 2000 * ms, "2.000 s of 10.000 s"},
		{"a window that is full for less than a second", func(f *Facts) { f.Flows[0].spend(Full, 990*ms); f.Total = 2 * time.Second }, WindowLimited, Note, Medium, 990 * ms, "0.990 s of 2.000 s"},
		{"a window that is full for as long as hosts need", func(f *Facts) { f.Flows[0].spend(Full, 2000*ms); f.Flows[0].Pace.FullWaits = 5000 }, WindowLimited, Note, Medium, 2000 * ms, "2.000 s of 10.000 s"},
		{"a window that is seldom full", func(f *Facts) { f.Flows[0].spend(Full, 990*ms) }, Healthy, OK, High, 0, "never stopped"},
		{"not judged", func(f *Facts) { f.Flows[0].spend(Unjudged, 3000*ms) }, CannotTell, Note, Low, 3000 * ms, "cannot be told for 3.000 s of 10.000 s"},
		{"a stall in a stream that is not judged", func(f *Facts) { f.Flows[0].spend(Unjudged, 3000*ms); f.Flows[0].stall(Stall{}, 2000*ms) },
			ReceiverNotReading, Problem, Medium, 2000 * ms, "did not read for 2.000 s"},
		{"drops", func(f *Facts) { f.Dropped = true }, Healthy, OK, Medium, 0, "never stopped"},
		{"refused with drops", func(f *Facts) { f.Dropped, f.Refused = true, true }, Refused, Note, High, 10 * time.Second, "refused"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, f := New(DefaultLimits()), facts(tc.change)
			got := c.Explain(f).Verdict
			if got.Code != tc.code || got.Severity != tc.severity || got.Confidence != tc.confidence || got.Wait != tc.wait ||
				!strings.Contains(got.Sentence, tc.says) {
				t.Errorf("%s, %s, %s, %v: %s\nwant %s, %s, %s, %v: %s", got.Code, got.Severity, got.Confidence, got.Wait, got.Sentence,
					tc.code, tc.severity, tc.confidence, tc.wait, tc.says)
			}
			if j := c.Judge(f); j.Code != got.Code || j.Severity != got.Severity || j.Wait != got.Wait || j.Flow != got.Flow {
				t.Errorf("judged as %+v, explained as %+v", j, got)
			}
		})
	}
}

// TestEveryMomentOnce: whatever the time went into, the causes of a direction explain all
// of it, and none twice.
func TestEveryMomentOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		f := facts(func(f *Facts) {
			f.OneSided, f.Renumbered, f.Dropped = r.IntN(9) == 0, r.IntN(9) == 0, r.IntN(2) == 0
			for dir := range f.Flows {
				d := &f.Flows[dir]
				d.Bytes, d.Spent = int64(r.IntN(3)*1000), Times{}
				d.resend(uint64(r.IntN(5)))
				d.RTT, d.MaxSegment = time.Duration(r.IntN(2))*ms, 10
				d.Pace = Pace{Rounds: int64(r.IntN(30)), Next: 30, Clocked: 30, Roomy: 30, Steady: 100, SteadyRounds: int64(r.IntN(30)), Cuts: int64(r.IntN(3)), Grew: 9,
					QueueGrowth: r.Float64(), MeanRTT: time.Duration(r.IntN(300)) * ms, Recoveries: int64(r.IntN(3)), Delays: int64(r.IntN(3)),
					FullWaits: int64(r.IntN(3)), HeldWaits: int64(r.IntN(3))}
				for k := range d.Spent {
					if r.IntN(2) == 0 {
						d.Spent[k] = f.Total / time.Duration(Kinds)
					}
				}
				for range r.IntN(4) {
					d.stall(Stall{Early: r.IntN(3) == 0, ByTimer: r.IntN(3) == 0, Open: r.IntN(4) == 0}, f.Total/40)
				}
				if r.IntN(4) == 0 { // all of these stalls have the frame 0
					d.Behind = &Behind{Hops: []Hop{{1, server, client}}, Stalls: []uint64{0}}
				}
				d.Spent[Idle] += f.Total - d.Spent.Sum()
			}
		})
		out := New(DefaultLimits()).Explain(f)
		var sum time.Duration
		for _, x := range out.Causes {
			if x.Wait < 0 {
				t.Errorf("%s explains %v", x.Code, x.Wait)
			}
			sum += x.Wait
		}
		if sum != f.Total {
			t.Fatalf("%v explained of %v: %+v", sum, f.Total, out.Causes)
		}
	}
}

// TestNoConnectionShowsFrames: what shows that nothing came about are the first segment and
// the last.
func TestNoConnectionShowsFrames(t *testing.T) {
	first, last := Mark{7, 1}, Mark{9, 2}
	for _, tc := range []struct {
		facts Facts
		want  []Evidence
	}{
		{Facts{Refused: true, First: first, Last: last, RefusedAt: last}, []Evidence{{"the SYN", first}, {"an RST answered it", last}}},
		{Facts{Refused: true, First: first, Last: last}, []Evidence{{"the SYN", first}, {"an RST answered it", Mark{}}}},
		{Facts{Unanswered: true, First: first, Last: first}, []Evidence{{"the SYN", first}}},
		{Facts{Unanswered: true, First: first, Last: last, Flows: [2]Flow{{Retransmissions: 2}}},
			[]Evidence{{"the SYN", first}, {"by then, it had been sent again twice", last}}},
	} {
		v := New(DefaultLimits()).Explain(&tc.facts).Verdict
		if !slices.Equal(v.Evidence, tc.want) {
			t.Errorf("%v, want %v", v.Evidence, tc.want)
		}
	}
}

// TestWhatFellDoesNotDenyWhatAnotherCauseExplains: a window that was full, which another
// cause explains, is not said never to have been full.
func TestWhatFellDoesNotDenyWhatAnotherCauseExplains(t *testing.T) {
	for _, full := range []time.Duration{0, time.Second} {
		d := New(DefaultLimits()).Explain(facts(func(f *Facts) {
			x := &f.Flows[0]
			x.Pace.Rounds, x.RTT = 100, 10*time.Millisecond
			x.Overrun = Overrun{Bytes: 1000, Resent: 1, Answers: 3, Time: full}
			x.spend(Full, full)
		}))
		fell := slices.ContainsFunc(d.Considered, func(c Considered) bool { return c.Code == WindowLimited })
		if fell != (full == 0) {
			t.Errorf("full for %v: %+v", full, d.Considered)
		}
	}
}

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

// mostCure is the length of a cure that fits on a line of 80 columns, where nine columns and
// "cure: " come before it.
const mostCure = 65

// TestCatalogueIsWhole: every cause says what it needs, what excludes it, what cures it,
// what would settle it, and what it does to several streams.
func TestCatalogueIsWhole(t *testing.T) {
	for _, c := range table {
		if c == &healthy {
			continue
		}
		for what, text := range map[string]string{"needs": c.needs, "excludes": c.excludes, "cure": c.cure, "party": string(c.party), "clause": c.code.Clause()} {
			if text == "" {
				t.Errorf("%s: no %s", c.code, what)
			}
		}
		if n := len(c.cure); n > mostCure {
			t.Errorf("%s: a cure of %d bytes: %q", c.code, n, c.cure)
		}
		if !slices.Contains(Parties[:], c.party) {
			t.Errorf("%s: unknown party %q", c.code, c.party)
		}
	}
}

func (d *Flow) resend(n uint64) { d.Retransmissions, d.DataRetransmissions = n, n }
