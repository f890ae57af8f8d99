package kernel

import (
	"slices"
	"testing"
)

// TestCountsSince checks the order: known counters first, even if they did not
// rise, then the others that rose, by name.
func TestCountsSince(t *testing.T) {
	before, after := Counts{}, Counts{}
	before.parse("Ip: A\nIp: 7\nTcp: OutSegs CurrEstab\nTcp: 5 1\nTcpExt: TCPWinProbe B C\nTcpExt: 1 1 1\n")
	after.parse("Ip: A\nIp: 8\nTcp: OutSegs CurrEstab\nTcp: 9 2\nTcpExt: TCPWinProbe B C Z\nTcpExt: 1 1 2 3\n")
	got := after.Since(before)
	want := []Counter{{"TCPWinProbe", 1, 1}, {"OutSegs", 5, 9}, {"C", 1, 2}, {"Z", 0, 3}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
