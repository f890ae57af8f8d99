package analyze_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
)

// capturesOfTree returns all captures of the tree.
func capturesOfTree(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(name); err == nil && (ext == ".pcap" || ext == ".pcapng") {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) < 50 {
		t.Fatalf("%d captures found: %v", len(names), err)
	}
	return names
}

// TestOneSource: the time budget, the list of stalls, the events and the verdict agree
// with each other in every capture of the tree.
func TestOneSource(t *testing.T) {
	for _, name := range capturesOfTree(t) {
		t.Run(strings.TrimPrefix(name, "../"), func(t *testing.T) {
			counts := map[int64]*[2]eventCounts{}
			r, err := analyzeUntil(name, func(s *analyze.Sample) {
				if counts[s.Stream] == nil {
					counts[s.Stream] = new([2]eventCounts)
				}
				counts[s.Stream][s.Dir].add(s)
			})
			if r == nil {
				t.Skip(err) // not a capture, on purpose
			}
			checkResult(t, r)
			for s := range r.All() {
				for dir := range s.Dirs {
					checkEvents(t, &s.Dirs[dir], s.Handshake != analyze.HandshakeNone, &counts[s.ID][dir], &counts[s.ID][1-dir])
					checkSmall(t, &s.Dirs[dir])
				}
			}
		})
	}
}

// checkSmall checks that no long wait in a small window is missing from the stalls:
// only waits below Config.MinStall, which a window update or the end of the stream ends,
// are not listed.
func checkSmall(t *testing.T, d *analyze.Direction) {
	unlisted := time.Duration(d.Window.Updates+1) * analyze.DefaultConfig().MinStall
	if b := &d.Budget; b.Held > d.StallTime+unlisted {
		t.Errorf("the window was too small for %v, but the stalls last %v", b.Held, d.StallTime)
	}
}

// eventCounts counts the events in the segments of one sender.
type eventCounts [analyze.EventKinds]uint64

func (c *eventCounts) add(s *analyze.Sample) {
	if s.Events.Has(analyze.EventDuplicate) {
		return
	}
	for i := range c {
		if s.Events.Has(1 << i) {
			c[i]++
		}
	}
}

func (c *eventCounts) of(e analyze.Events) uint64 {
	for i := range c {
		if e == 1<<i {
			return c[i]
		}
	}
	return 0
}

// checkEvents compares the counts of a direction with the events in the segments of its
// sender and of its receiver. opened says that the handshake was captured.
func checkEvents(t *testing.T, d *analyze.Direction, opened bool, sender, receiver *eventCounts) {
	asked := sender.of(analyze.EventProbe) + sender.of(analyze.EventKeepAlive)
	if !opened && asked+1 == d.Probes+d.KeepAlives {
		asked++ // only its answer shows that the first segment was one
	}
	for _, x := range []struct {
		what        string
		count, seen uint64
	}{
		{"retransmissions", d.Retransmissions, sender.of(analyze.EventRetransmission)},
		{"segments out of order", d.OutOfOrder, sender.of(analyze.EventOutOfOrder)},
		{"gaps", d.Gaps, sender.of(analyze.EventGap)},
		{"probes and keep-alives", d.Probes + d.KeepAlives, asked},
		{"zero windows", d.Window.ZeroSegments, receiver.of(analyze.EventZeroWindow)},
		{"window updates", d.Window.Updates, receiver.of(analyze.EventWindowUpdate)},
		{"shrunk windows", d.Window.Shrunk, receiver.of(analyze.EventWindowShrunk)},
		{"duplicate ACKs", d.DupACKs, receiver.of(analyze.EventDupACK)},
	} {
		if x.count != x.seen {
			t.Errorf("from %s: %d %s counted, %d in the events", d.Sender, x.count, x.what, x.seen)
		}
	}
}

// checkStalls checks that the stalls of a direction, its budget and its verdict add up.
func checkStalls(t *testing.T, s *analyze.Stream, d *analyze.Direction) {
	var count int64
	var sum, longest time.Duration
	for i := range d.Stalls {
		if w := &d.Stalls[i]; w.SenderWaiting == nil || *w.SenderWaiting {
			count, sum, longest = count+1, sum+w.Duration, max(longest, w.Duration)
		}
	}
	if count == d.StallCount && sum != d.StallTime || count > d.StallCount || sum > d.StallTime {
		t.Errorf("%d stalls, %v; %d are listed, %v", d.StallCount, d.StallTime, count, sum)
	}
	if w := d.WorstStall(); w != nil && w.Duration != longest {
		t.Errorf("the worst stall is %v, the longest %v", w.Duration, longest)
	}
	if d.Budget.ZeroWindow > d.StallTime {
		t.Errorf("the window was 0 for %v, but the stalls last %v", d.Budget.ZeroWindow, d.StallTime)
	}
	var rtt time.Duration
	if s.RTT != nil {
		rtt = *s.RTT // see echo: the sender learns of a window later than the capture
	}
	if b := &d.Budget; d.StallTime > b.ReceiverLimited()+b.Unjudged+time.Duration(d.StallCount)*rtt {
		t.Errorf("the stalls last %v, but the receiver limited for %v", d.StallTime, b.ReceiverLimited())
	}
}

// checkVerdict checks that the causes explain every moment of a stream once, and that the
// verdict is the one of them that people noticed most.
func checkVerdict(t *testing.T, s *analyze.Stream) {
	var sum time.Duration
	verdict := &s.Verdict.Finding
	found := verdict.Wait == 0
	for i := range s.Causes {
		x := &s.Causes[i]
		sum += x.Wait
		found = found || x.Code == verdict.Code && x.Flow == verdict.Flow && x.Wait == verdict.Wait
		if x.Wait <= 0 || i > 0 && x.Wait > s.Causes[i-1].Wait {
			t.Errorf("%s explains %v, after %v", x.Code, x.Wait, s.Causes[max(i-1, 0)].Wait)
		}
		if x.Severity > verdict.Severity {
			t.Errorf("%s: %s, but the verdict is %s: %s", x.Severity, x.Code, verdict.Severity, verdict.Code)
		}
	}
	if sum != s.Span {
		t.Errorf("the causes explain %v of %v", sum, s.Span)
	}
	if !found {
		t.Errorf("%s, %v, is none of the causes: %+v", verdict.Code, verdict.Wait, s.Causes)
	}
}
