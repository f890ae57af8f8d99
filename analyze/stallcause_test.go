package analyze_test

import (
	"strings"
	"testing"
	"time"

	"winwatch/analyze/cause"
)

// round is one stall of a receiver whose window of 4,000 bytes opens only when it is
// asked: by an empty probe, by a byte, or by what the sender's timer sends.
const (
	roundEmpty = `
		+0.010 C > S P. len 4000
		+0.001 S > C . win 0
		+0.210 C > S . seq una-1
		+0.001 S > C . win 1000`
	roundByte = `
		+0.010 C > S P. len 3999
		+0     C > S . len 1
		+0.001 S > C . win 0
		+5     C > S . len 1
		+0.001 S > C . win 1000`
	roundSmall = `
		+0.010 C > S P. len 1460
		+0     C > S P. len 1460
		+0.001 S > C . win 270
		+0.210 C > S P. len 1080
		+0.001 S > C . win 1000`
	roundAnnounced = `
		+0.010 C > S P. len 4000
		+0.001 S > C . win 0
		+0.210 C > S . seq una-1
		+0.001 S > C . win 0
		+0.100 S > C . win 1000`
)

// TestCausesOfStalls: packets, and who made the sender wait, for how long, how sure.
func TestCausesOfStalls(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	const answered = fill + `
		0.211 C > S . seq una-1
		+0    S > C .
		0.611 C > S . seq una-1
		1.411 C > S . seq una-1
		+0    S > C .
	`
	for _, tc := range []struct {
		name, text string
		code       cause.Code
		confidence cause.Confidence
		wait       time.Duration
	}{
		{"answered all along", answered + "3.011 C > S . seq una-1\n+0 S > C .\n6.211 C > S . seq una-1\n+0 S > C .", cause.ReceiverNotReading, cause.High, 6201 * ms},
		{"then the path is cut", answered + "3.011 C > S . seq una-1\n6.211 C > S . seq una-1\n12.611 C > S . seq una-1\n25.411 C > S . seq una-1", cause.PeerGone, cause.High, 24 * s},
		{"bytes that nobody answers", fill + "5.011 C > S . seq 4001 len 1\n+0 S > C . ack 4001\n10.011 C > S . seq 4001:4002\n20.011 C > S . seq 4001:4002\n40.011 C > S . seq 4001:4002\n80.011 C > S . seq 4001:4002",
			cause.PeerGone, cause.High, 75 * s},
		{"data that nobody acknowledges", handshake + "0.010 C > S P. len 1000\n+0.001 S > C .\n1 C > S P. len 1000\n1.3 C > S P. seq 1001:2001\n1.9 C > S P. seq 1001:2001\n3.1 C > S P. seq 1001:2001\n5.5 C > S P. seq 1001:2001\n10.3 C > S P. seq 1001:2001",
			cause.PeerGone, cause.High, 9300 * ms},
		{"or only in the end", handshake + "0.010 C > S P. len 1000\n+0.001 S > C .\n1 C > S P. len 1000\n1.3 C > S P. seq 1001:2001\n1.9 C > S P. seq 1001:2001\n3.1 C > S P. seq 1001:2001\n5.5 C > S P. seq 1001:2001\n+0.001 S > C .",
			cause.PathLoss, cause.Medium, 4501 * ms},
		{"an update that is lost", answered + "1.611 S > C . win 1000\n3.011 C > S . seq una-1\n6.211 C > S . seq una-1\n+0 S > C .\n+0.001 C > S P. len 1000", cause.UpdateLost, cause.High, 4600 * ms},
		{"an update that crosses a probe", answered + "3.0109 S > C . win 1000\n3.011 C > S . seq una-1\n+0 S > C .\n+0.001 C > S P. len 1000", cause.ReceiverNotReading, cause.High, 3001 * ms},
		{"opened by empty probes", handshake + strings.Repeat(roundEmpty, 5), cause.ReceiverNoUpdate, cause.Medium, 1060 * ms},
		{"opened by bytes", handshake + strings.Repeat(roundByte, 3), cause.ReceiverNoUpdate, cause.Medium, 15003 * ms},
		{"opened by a timer", handshake + strings.Repeat(roundSmall, 6), cause.ReceiverNoUpdate, cause.Medium, 1272 * ms},
		{"opened twice by probes", handshake + strings.Repeat(roundEmpty, 2), cause.ReceiverSlow, cause.Medium, 424 * ms},
		{"opened by probes and by updates", handshake + strings.Repeat(roundEmpty+roundAnnounced, 3), cause.ReceiverSlow, cause.Medium, 1572 * ms},
		{"opened by updates", handshake + strings.Repeat(roundAnnounced, 5), cause.ReceiverSlow, cause.High, 1560 * ms},
		{"a sender that stays silent", fill + "0.3 C > S . seq 4001 len 1\n+0 S > C . ack 4001\n0.7 S > C . ack 4001 win 1000\n30 S > C . ack 4001 win 1000", cause.SenderNotResuming, cause.High, 29300 * ms},
		{"after empty probes", answered + "1.5 S > C . win 1000\n31.5 S > C .", cause.SenderNotResuming, cause.Medium, 30 * s},
		{"a sender without more data", fill + "0.7 S > C . win 1000\n30 S > C .", cause.Healthy, cause.High, 0},
		{"even segments, then data", fill + "2.011 C > S . seq una-1\n+0 S > C .\n4.011 C > S . seq una-1\n+0 S > C .\n6.011 C > S . seq una-1\n+0 S > C .\n7 S > C . win 1000\n+0 C > S P. len 1000", cause.ReceiverNotReading, cause.Low, 6990 * ms},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			v := r.Stream(0).Verdict
			if d := v.Wait - tc.wait; v.Code != tc.code || v.Confidence != tc.confidence || d < -tc.wait/50 || d > tc.wait/50 {
				t.Errorf("%s, %s, %v: %s (%s)\nwant %s, %s, %v", v.Code, v.Confidence, v.Wait, v.Sentence, v.Because, tc.code, tc.confidence, tc.wait)
			}
		})
	}
}

// TestStallsBlameWhomTheCauseBlames: a stall does not contradict the cause that explains it.
func TestStallsBlameWhomTheCauseBlames(t *testing.T) {
	for text, want := range map[string]string{
		handshake + strings.Repeat(roundEmpty, 5): "the receiving host",
		fill + "0.3 C > S . seq una-1\n+0 S > C .\n0.7 S > C . win 1000\n+0 C > S P. len 1000\n+0.001 S > C . win 1000": "the receiving application, by reading",
	} {
		r, _ := run(t, text)
		for _, w := range r.Stream(0).Dirs[0].Stalls {
			if w.Blame != want {
				t.Errorf("a stall blames %s, the verdict %s", w.Blame, r.Stream(0).Verdict.Party)
			}
		}
	}
}
