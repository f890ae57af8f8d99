package analyze_test

import (
	"testing"
	"time"
)

// TestRTT: a round trip is a time between data sent once and its ACK, unless that waited
// for something else.
func TestRTT(t *testing.T) {
	const mid = "0 C > S P. len 100\n+0.004 S > C P. len 100\n" // a request and its answer
	for _, tc := range []struct {
		name, text string
		want       time.Duration // 0 is unknown
	}{
		{"handshake", handshake, 2 * time.Millisecond},
		{"handshake, IPv6", "host C [2001:db8::1]:40000\nhost S [2001:db8::2]:80\n" + handshake, 2 * time.Millisecond},
		{"the SYN-ACK was not captured", "0 C > S S\n+0.050 C > S . seq 1", 0},
		{"a SYN sent twice", "0 C > S S\n+1 C > S S seq 0\n+0.1 S > C S.\n+0.002 C > S .", 2 * time.Millisecond},
		{"a SYN-ACK after long", "0 C > S S\n+20 S > C S.\n+0.002 C > S .", 2 * time.Millisecond},
		{"data and its ACK", "0 C > S P. len 100\n+0.010 S > C .", 10 * time.Millisecond},
		{"request, answer and the next request a minute later", mid + "+60 C > S P. len 100\n+0.004 S > C P. len 100", 4 * time.Millisecond},
		{"the other end asks", "0 S > C P. len 100\n+0.004 C > S P. len 100\n+60 S > C P. len 100", 4 * time.Millisecond},
		{"a FIN a minute later", mid + "+60 C > S F.", 4 * time.Millisecond},
		{"an ACK a minute later", mid + "+60 C > S .", 4 * time.Millisecond},
		{"a keep-alive", mid + "+2 C > S . seq una-1", 4 * time.Millisecond},
		{"an ACK that is delayed", mid + "+0.040 C > S .", 44 * time.Millisecond},
		{"an empty segment is never acknowledged", "0 C > S .\n+0.300 S > C P. len 100\n+0.010 C > S .", 10 * time.Millisecond},
		{"data sent twice", "0 C > S P. len 100\n+0.2 C > S P. seq 1:101\n+0.010 S > C .", 0},
		{"an ACK of data that was not captured", "0 C > S P. len 100\n+0.3 S > C . ack 900", 0},
		{"a window that closed", "0 C > S P. len 100\n+0.001 S > C . ack 1 win 0\n+0.400 S > C . ack 101 win 900", 0},
		{"the clock steps back", "5 C > S P. len 100\n4.9 S > C . ack 1\n+0.001 S > C . ack 101", 0},
		{"a time stamp ahead", "0 C > S P. len 100\n8000 S > C .\n0.010 C > S P. len 100\n+0.010 S > C .", 10 * time.Millisecond},
		{"equal times", "0 C > S P. len 100\n+0 S > C .", 0},
		{"refused", "0 C > S S\n+0.1 S > C R. seq 0 ack 1", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			got := time.Duration(0)
			if rtt := r.Stream(0).RTT; rtt != nil {
				got = *rtt
			}
			if got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}
