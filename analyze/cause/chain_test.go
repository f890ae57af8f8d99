package cause

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// direction returns a direction that is held back from some times to others, in
// milliseconds.
func direction(stream int64, from, to string, acked int64, times ...int64) Stalled {
	s := Stalled{Stream: stream, Sender: netip.MustParseAddrPort(from + ":50000"), Receiver: netip.MustParseAddrPort(to + ":80"), Acked: acked}
	for i := 0; i < len(times); i += 2 {
		begin, end := times[i]*1e6, times[i+1]*1e6
		s.Spans = append(s.Spans, Span{Begin: Mark{uint64(times[i]*10+stream) + 1, begin}, End: Mark{uint64(times[i+1]*10+stream) + 1, end}})
	}
	return s
}

// ticks are stalls that follow each other: each takes 45 ms of 50 ms.
func ticks(begin, end int64) (times []int64) {
	for at := begin; at < end; at += 50 {
		times = append(times, at, at+45)
	}
	return times
}

func TestChains(t *testing.T) {
	const a, b, c = "10.0.0.1", "10.0.0.2", "10.0.0.3"
	open := func(s Stalled) Stalled {
		s.Spans[len(s.Spans)-1].Open = true
		return s
	}
	before := func(s Stalled) Stalled {
		s.Spans[0].BeganBefore = true
		return s
	}
	slowly := func(s Stalled) Stalled {
		s.RTT = 100 * time.Millisecond
		return s
	}
	reverse := func(s Stalled) Stalled {
		s.Sender, s.Receiver, s.Flow = s.Receiver, s.Sender, 1
		return s
	}
	elsewhere := func(s Stalled) Stalled { // from another port
		s.Sender = netip.AddrPortFrom(s.Sender.Addr(), 60000)
		return s
	}
	other := func(s Stalled) Stalled { // to another port too
		s.Receiver = netip.AddrPortFrom(s.Receiver.Addr(), 81)
		return elsewhere(s)
	}
	third := func(s Stalled) Stalled {
		s.Sender, s.Receiver = netip.AddrPortFrom(s.Sender.Addr(), 60001), netip.AddrPortFrom(s.Receiver.Addr(), 82)
		return s
	}
	for _, tc := range []struct {
		name string
		all  []Stalled
		// want is what the first direction waits for.
		want string
	}{
		{"a chain", []Stalled{direction(1, a, b, 100, 200, 5005), direction(2, b, c, 100, 100, 5000)}, "2 medium"},
		{"the other host", []Stalled{direction(1, a, b, 100, 200, 5005), direction(2, a, c, 100, 100, 5000)}, ""},
		{"it begins before", []Stalled{direction(1, a, b, 100, 100, 5005), direction(2, b, c, 100, 200, 5000)}, ""},
		{"a round trip before", []Stalled{slowly(direction(1, a, b, 100, 100, 5005)), direction(2, b, c, 100, 200, 5000)}, "2 medium"},
		{"it ends before", []Stalled{direction(1, a, b, 100, 200, 4900), direction(2, b, c, 100, 100, 5000)}, ""},
		{"it ends much later", []Stalled{direction(1, a, b, 100, 200, 5500), direction(2, b, c, 100, 100, 5000)}, ""},
		{"half of it is covered", []Stalled{direction(1, a, b, 100, 200, 5005), direction(2, b, c, 100, 100, 1500, 4000, 5000)}, ""},
		{"half of its stalls are", []Stalled{direction(1, a, b, 100, 200, 5005, 6000, 12000), direction(2, b, c, 100, 100, 5000)}, ""},
		{"a slow reader", []Stalled{direction(1, a, b, 100, 200, 597, 800, 1247, 1500, 2097), direction(2, b, c, 100, ticks(0, 3000)...)}, "2 high"},
		{"short ones end together by chance", []Stalled{direction(1, a, b, 100, 20, 50, 120, 150, 220, 250), direction(2, b, c, 100, ticks(0, 300)...)}, "2 low"},
		{"three times, not as many bytes", []Stalled{direction(1, a, b, 1000, 200, 1001, 2200, 3001, 4200, 5001), direction(2, b, c, 100, 100, 1000, 2100, 3000, 4100, 5000)}, "2 medium"},
		{"one host, not as many bytes", []Stalled{direction(1, a, a, 1000, 200, 5005), other(direction(2, a, a, 100, 100, 5000))}, ""},
		{"one host, other bytes, three times", []Stalled{direction(1, a, a, 1000, 200, 1001, 2200, 3001, 4200, 5001), other(direction(2, a, a, 100, 100, 1000, 2100, 3000, 4100, 5000))}, "2 medium"},
		{"one host, three times", []Stalled{direction(1, a, a, 100, 200, 1001, 2200, 3001, 4200, 5001), other(direction(2, a, a, 100, 100, 1000, 2100, 3000, 4100, 5000))}, "2 medium"},
		{"side by side to one server", []Stalled{direction(1, a, a, 100, 200, 1001, 2200, 3001, 4200, 5001), elsewhere(direction(2, a, a, 100, 100, 1000, 2100, 3000, 4100, 5000))}, ""},
		{"side by side from one server", []Stalled{reverse(direction(1, a, a, 100, 200, 5005)), reverse(elsewhere(direction(2, a, a, 100, 100, 5000)))}, ""},
		{"both are still on", []Stalled{open(direction(1, a, b, 300, 200, 5000)), open(direction(2, b, c, 100, 100, 5100))}, "2 low"},
		{"the other is still on", []Stalled{direction(1, a, b, 300, 200, 5000), open(direction(2, b, c, 100, 100, 5100))}, ""},
		{"it is still on", []Stalled{open(direction(1, a, b, 300, 200, 5000)), direction(2, b, c, 100, 100, 4999)}, ""},
		{"more goes out than came in", []Stalled{open(direction(1, a, b, 100, 200, 5000)), open(direction(2, b, c, 300, 100, 5100))}, ""},
		{"both began before the capture", []Stalled{before(direction(1, a, b, 100, 0, 5005)), before(direction(2, b, c, 100, 10, 5000))}, "2 medium"},
		{"it began before the capture", []Stalled{before(direction(1, a, b, 100, 20, 5005)), direction(2, b, c, 100, 10, 5000)}, ""},
		{"both directions of a stream", []Stalled{direction(1, a, b, 100, 200, 5005), reverse(direction(1, a, b, 100, 100, 5000)), direction(2, b, c, 100, 100, 5000)}, ""},
		{"two receivers fit", []Stalled{direction(1, a, b, 100, 200, 5005), direction(2, b, c, 100, 100, 5000), direction(3, b, a, 100, 100, 5000)}, ""},
		{"the bytes tell which", []Stalled{direction(1, a, b, 100, 200, 5005), direction(2, b, c, 100, 100, 5000), direction(3, b, a, 900, 100, 5000)}, "2 low"},
		{"the bytes tell which, three times", []Stalled{direction(1, a, b, 100, 200, 1001, 2200, 3001, 4200, 5001), direction(2, b, c, 100, 100, 1000, 2100, 3000, 4100, 5000),
			direction(3, b, a, 900, 100, 1000, 2100, 3000, 4100, 5000)}, "2 medium"},
		{"two streams fit", []Stalled{direction(1, a, b, 100, 200, 5005), direction(2, b, c, 100, 100, 5000), direction(3, b, c, 100, 150, 5000)}, "3 low"},
		{"a circle", []Stalled{slowly(direction(1, a, b, 100, 100, 5005)), slowly(direction(2, b, a, 100, 100, 5005))}, ""},
		{"a chain of three on one host", []Stalled{direction(1, a, a, 100, 300, 5002), other(direction(2, a, a, 100, 200, 5001)), third(direction(3, a, a, 100, 100, 5000))}, "2 3 medium"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			if x := New(DefaultLimits()).Chains(tc.all)[0]; x != nil {
				for _, h := range x.Hops {
					got += fmt.Sprint(h.Stream, " ")
				}
				got += string(x.sure)
			}
			if got != tc.want {
				t.Errorf("it waits for %q, want %q", got, tc.want)
			}
		})
	}
}

// TestChainTakesWhatFits: only the stalls that came with those of the other stream are its.
func TestChainTakesWhatFits(t *testing.T) {
	a, b := direction(1, "10.0.0.1", "10.0.0.2", 100, 200, 5005, 6000, 8000), direction(2, "10.0.0.2", "10.0.0.3", 100, 100, 5000, 5900, 7700)
	x := New(DefaultLimits()).Chains([]Stalled{a, b})[0]
	if x == nil || len(x.Stalls) != 1 || x.Stalls[0] != a.Spans[0].Begin.Frame || x.Before != 100*time.Millisecond || x.After != 5*time.Millisecond {
		t.Errorf("%+v", x)
	}
}

// TestChainsAreBounded: thousands of stalls that all fit take little time.
func TestChainsAreBounded(t *testing.T) {
	var all []Stalled
	for i := range int64(1024) {
		var times []int64
		for k := range int64(256) {
			times = append(times, k*1000+i, k*1000+990)
		}
		s := direction(i, "10.0.0.1", "10.0.0.1", 100, times...)
		s.Sender, s.Receiver = netip.AddrPortFrom(s.Sender.Addr(), uint16(2000+i)), netip.AddrPortFrom(s.Receiver.Addr(), uint16(10_000+i))
		all = append(all, s)
	}
	began := time.Now()
	New(DefaultLimits()).Chains(all)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("%v", took)
	} else {
		t.Log(took)
	}
}
