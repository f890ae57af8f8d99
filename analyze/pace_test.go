package analyze_test

import (
	"strings"
	"testing"
	"time"
)

const open9 = "0 C > S S mss 1460 win 9000\n+0.010 S > C S. mss 1460 win 8760\n+0 C > S .\n"

// TestHeld: a window that stays too small for longer than a round trip, with nothing in
// flight, is not one that is full for a round trip at a time.
func TestHeld(t *testing.T) {
	rounds := func(round string) string { return open9 + strings.Repeat(round, 20) }
	const six = "+0 C > S . len 1460\n+0 C > S . len 1460\n+0 C > S . len 1460\n+0 C > S . len 1460\n+0 C > S . len 1460\n+0 C > S P. len 1460\n"
	const held = 20 * 90 * time.Millisecond
	for _, tc := range []struct {
		name, text string
		held, full time.Duration
	}{
		{"full in each round trip", rounds(six + "+0.010 S > C . win 8760\n"), 0, 19 * 10 * time.Millisecond},
		{"a slow reader", rounds(six+"+0.010 S > C . win 100\n+0.090 S > C . win 8760\n") + six, held, 20 * 10 * time.Millisecond},
		{"it opens within a round trip", rounds(six+"+0.010 S > C . win 100\n+0.015 S > C . win 8760\n") + six, 0, 20 * 25 * time.Millisecond},
		{"one byte at a time, by the sender's timer", open9 + six + strings.Repeat("+0.010 S > C . win 1\n+0.090 C > S P. len 1\n", 20), held - 90*time.Millisecond, 19 * 10 * time.Millisecond},
		{"segments cut to fit a small window", open9 + "+0 C > S P. len 509\n" + strings.Repeat("+0.010 S > C . win 509\n+0 C > S P. len 509\n", 20), 0, 19 * 10 * time.Millisecond},
		{"small writes that do not fill it", open9 + "+0 C > S P. len 400\n" + strings.Repeat("+0.010 S > C . win 509\n+0.05 C > S P. len 400\n", 20), 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			if b := c2s(t, r).Budget; b.Held != tc.held || b.WindowFull+b.SmallWindow != tc.full {
				t.Errorf("held for %v, want %v; full for %v, want %v; %+v", b.Held, tc.held, b.WindowFull+b.SmallWindow, tc.full, b)
			}
		})
	}
}

// TestRecovering: recovery lasts from when the sender could know of a loss until all that
// was in flight then is acknowledged.
func TestRecovering(t *testing.T) {
	const sent = open9 + `
		+0     C > S . len 1000
		+0     C > S . len 1000
		+0     C > S . len 1000
		+0     C > S P. len 1000`
	for _, tc := range []struct {
		name, text string
		want       time.Duration
	}{
		{"duplicate ACKs", sent + `
			+0.010 S > C . ack 1001
			+0.001 S > C . ack 1001
			+0.001 S > C . ack 1001
			+0.001 C > S . seq 1001:2001
			+0.010 S > C . ack 4001`, 12 * time.Millisecond},
		{"a timer", sent + `
			+0.010 S > C . ack 1001
			+0.200 C > S . seq 1001:2001
			+0.010 S > C . ack 2001
			+0     C > S . seq 2001:3001
			+0.010 S > C . ack 4001`, 220 * time.Millisecond},
		{"twice", sent + `
			+0.200 C > S . seq 1:1001
			+0.010 S > C . ack 4001
			+0     C > S . len 1000
			+0.200 C > S . seq 4001:5001
			+0.010 S > C . ack 5001`, 420 * time.Millisecond},
		{"nobody answers", sent + `
			+0.200 C > S . seq 1:1001
			+0.400 C > S . seq 1:1001`, 600 * time.Millisecond},
		{"the original arrived, says the time stamp", strings.ReplaceAll(sent, "len", "ts 5 1 len") + `
			+0.200 C > S . seq 1:1001 ts 205 1
			+0.001 S > C . ack 4001 ts 9 5`, 0},
		{"the copy arrived, says the time stamp", strings.ReplaceAll(sent, "len", "ts 5 1 len") + `
			+0.200 C > S . seq 1:1001 ts 205 1
			+0.001 S > C . ack 4001 ts 9 205`, 201 * time.Millisecond},
		{"both arrived, says a D-SACK", sent + `
			+0.200 C > S . seq 3001:4001
			+0.001 S > C . ack 4001
			+0.001 C > S . len 1000
			+0.009 S > C . ack 4001 sack 3001:4001
			+0.001 S > C . ack 5001`, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			if b := c2s(t, r).Budget; b.Recovering != tc.want {
				t.Errorf("recovering for %v, want %v: %+v", b.Recovering, tc.want, b)
			}
		})
	}
}

// TestDelayed: small segments that leave as soon as a late ACK comes were held back for it,
// if that happens again and again.
func TestDelayed(t *testing.T) {
	exchanges := func(n int, text string) string {
		return open9 + "+0 C > S P. len 10\n+0.0001 S > C .\n" + strings.Repeat(text, n)
	}
	const wait = 40 * time.Millisecond
	for _, tc := range []struct {
		name, text string
		want       time.Duration
	}{
		{"Nagle and a delayed ACK", exchanges(10, "+0.05 C > S P. len 4\n+0.0401 S > C .\n+0.00001 C > S P. len 200\n+0.0001 S > C P. len 50\n"), 10 * wait},
		{"three times", exchanges(3, "+0.05 C > S P. len 4\n+0.0401 S > C .\n+0.00001 C > S P. len 200\n+0.0001 S > C P. len 50\n"), 3 * wait},
		{"twice may be chance", exchanges(2, "+0.05 C > S P. len 4\n+0.0401 S > C .\n+0.00001 C > S P. len 200\n+0.0001 S > C P. len 50\n"), 0},
		{"the answer is what it waits for", exchanges(10, "+0.05 C > S P. len 4\n+0.0401 S > C .\n+0.00001 S > C P. len 50\n+0.00001 C > S P. len 200\n+0.0001 S > C .\n"), 0},
		{"it goes on later", exchanges(10, "+0.05 C > S P. len 4\n+0.0401 S > C .\n"), 0},
		{"full segments", exchanges(10, "+0.05 C > S . len 1448\n+0.0401 S > C .\n+0.00001 C > S . len 1448\n+0.0001 S > C .\n"), 0},
		{"a path of 40 ms", strings.ReplaceAll(exchanges(10, "+0.05 C > S P. len 4\n+0.0401 S > C .\n+0.00001 C > S P. len 200\n+0.0401 S > C P. len 50\n"), "+0.0001 S", "+0.0401 S"), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, strings.ReplaceAll(tc.text, "+0.010 S > C S.", "+0.0001 S > C S."))
			checkResult(t, r)
			if strings.Contains(tc.name, "path") {
				r, _ = run(t, strings.ReplaceAll(tc.text, "+0.010 S > C S.", "+0.0401 S > C S."))
			}
			if b := c2s(t, r).Budget; b.Delayed != tc.want {
				t.Errorf("delayed for %v, want %v: %+v", b.Delayed, tc.want, b)
			}
		})
	}
}
