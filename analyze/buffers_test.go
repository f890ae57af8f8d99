package analyze_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/analyze"
)

// A bufferTruth is what the receiver's kernel said of one direction.
type bufferTruth struct {
	name           string
	d              *analyze.Direction
	rcvBuf, unread int64
	read           int64 // what its application has read, if known
}

// labBuffers returns the first stall of each receiver in testdata/lab whose buffer is
// known.
func labBuffers(t *testing.T) []bufferTruth {
	files, err := filepath.Glob("testdata/lab/*/truth.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no labelled captures", err)
	}
	var all []bufferTruth
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tr truth
		if err := json.Unmarshal(data, &tr); err != nil {
			t.Fatal(err)
		}
		r := analyzeFile(t, filepath.Join(filepath.Dir(file), "capture.pcap"))
		used := map[int64]bool{}
		for _, c := range tr.Connections {
			s := streamOf(r, c, used)
			for i, end := range []string{"server", "client"} {
				var stalls []stallTruth
				json.Unmarshal(c[end+"_stalls"], &stalls)
				if len(stalls) == 0 || stalls[0].RcvBuf == nil || s.Handshake == analyze.HandshakeNone && stalls[0].Before {
					continue
				}
				all = append(all, bufferTruth{"lab/" + tr.Scenario, &s.Dirs[i], *stalls[0].RcvBuf, *stalls[0].Unread, 0})
			}
		}
	}
	return all
}

// madeBuffers returns the captures of testdata/buffers whose names begin with a prefix.
func madeBuffers(t *testing.T, prefixes ...string) []bufferTruth {
	data, err := os.ReadFile("testdata/buffers/truth.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []bufferTruth
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		var b bufferTruth
		var dir string
		if _, err := fmt.Sscan(line, &b.name, &b.rcvBuf, &b.unread, &b.read, &dir); err != nil {
			t.Fatal(line, err)
		}
		for _, p := range prefixes {
			if strings.HasPrefix(b.name, p) {
				s := readNumbers(t, "testdata/buffers/"+b.name+".pcap.gz").Stream(0)
				b.d = &s.Dirs[analyze.ClientToServer]
				if dir == analyze.ServerToClient.String() {
					b.d = &s.Dirs[analyze.ServerToClient]
				}
				all = append(all, b)
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("no captures")
	}
	return all
}

// away is how far an estimate's best value is from the truth, as a part of it.
func away(e analyze.Estimate, truth int64) float64 {
	if e.Value() == nil {
		return math.Inf(1)
	}
	return float64(*e.Value())/float64(truth) - 1
}

// contains reports whether n is in the interval of an estimate.
func contains(e analyze.Estimate, n int64) bool {
	return (e.Low() == nil || *e.Low() <= n) && (e.High() == nil || n <= *e.High())
}

// TestBestRcvBuf: where nobody reads, the best SO_RCVBUF is within 15% of the kernel's in
// at least 9 of 10 captures, and every interval contains the kernel's.
func TestBestRcvBuf(t *testing.T) {
	all := append(labBuffers(t), madeBuffers(t, "unread-", "s2c-", "accept-", "rmem", "bi-")...)
	good := 0
	for _, b := range all {
		e := b.d.Buffer.RcvBuf
		off := away(e, b.rcvBuf)
		if math.Abs(off) <= 0.15 {
			good++
		}
		t.Logf("%-36s kernel %9d  best %9s  off %+6.1f%%  %s", b.name, b.rcvBuf, strings.Fields(show(e))[0], 100*off, show(e))
		largest := b.d.Window.Largest
		// A buffer that was made smaller after its window was offered lies below it.
		if made := largest != nil && *largest > b.rcvBuf && e.Low() != nil && *e.Low() <= *largest; !made && !contains(e, b.rcvBuf) {
			t.Errorf("%s: SO_RCVBUF %s, the kernel says %d", b.name, show(e), b.rcvBuf)
		}
		if largest != nil && e.High() != nil && *e.High() < *largest {
			t.Errorf("%s: SO_RCVBUF %s, but a window of %d", b.name, show(e), *largest)
		}
	}
	t.Logf("%d of %d within 15%%", good, len(all))
	if 10*good < 9*len(all) {
		t.Errorf("%d of %d best values are within 15%%, want 9 of 10", good, len(all))
	}
}

// TestUnreadIsKnownOrBounded: the number of unread bytes is exact where nobody reads, and
// only bounded where the application may have read before.
func TestUnreadIsKnownOrBounded(t *testing.T) {
	for _, b := range append(labBuffers(t), madeBuffers(t, "unread-", "s2c-", "rmem")...) {
		if u := firstClosed(t, &b).Unread; u.Value() == nil || *u.Value() != b.unread {
			t.Errorf("%s: %s unread, the kernel says %d (%s)", b.name, show(u), b.unread, u.Method())
		}
	}
	for _, b := range madeBuffers(t, "reads-", "bi-", "birecv-") {
		u := firstClosed(t, &b).Unread
		if u.Value() != nil || u.High() == nil {
			t.Errorf("%s: %s unread, want an upper bound", b.name, show(u))
		}
		if b.d.StallCount == 1 && !contains(u, b.unread) {
			t.Errorf("%s: %s unread, the kernel says %d", b.name, show(u), b.unread)
		}
	}
}

// firstClosed returns the first stall in which the window was 0.
func firstClosed(t *testing.T, b *bufferTruth) *analyze.Stall {
	for i := range b.d.Stalls {
		if w := &b.d.Stalls[i]; w.ZeroFrame != 0 {
			return w
		}
	}
	t.Fatalf("%s: the window never closed", b.name)
	return nil
}

// TestRcvBufRules: which rule gives the best SO_RCVBUF, and when none does.
func TestRcvBufRules(t *testing.T) {
	// The receiver takes 8 kB, its window closes, and the sender probes.
	const taken = "+0.001 C > S . len 4000\n+0.001 S > C . win 4000\n+0.001 C > S . len 4000\n+0.001 S > C . win 0\n+0.3 C > S . seq una-1\n+0 S > C . win 0\n"
	syn := func(win, shift int) string {
		return fmt.Sprintf("0 C > S S win 64240 mss 1460 ws 10\n+0 S > C S. win %d mss 1460 ws %d\n+0 C > S .\n", win, shift)
	}
	var full strings.Builder // the window falls as the data comes
	for left := 501; left >= 0; left -= 50 {
		fmt.Fprintf(&full, "+0.001 C > S . len %d\n+0.001 S > C . win %d\n", min(left, 50)*128, max(left-50, 0))
	}
	for _, tc := range []struct {
		name, text, want, how string
	}{
		{"the default buffer of Linux", syn(64240, 7) + full.String(), "131072 [64240, 154305]", "default buffer"},
		{"set: a multiple of the MSS", syn(7*1460, 0) + taken, "20440 [10220, 29760]", "first window"},
		{"set: too small to be rounded", syn(1000, 0) + "+0 C > S . len 500\n+0 S > C . win 500\n+0 C > S . len 500\n+0 S > C . win 0\n", "2000 [1000, 8760]", "first window"},
		{"the first window of old Linux", syn(4*1460, 0) + taken, "11680 [5840, 29760]", "as close to that"},
		{"both sides send, so some may have been read", syn(7*1460, 0) + "+0 C > S . len 4000\n+0 S > C . len 10 win 6220\n+0 C > S . len 4000\n+0 S > C . win 0\n", "21900 [10220, 23360]", "first window"},
		{"the window was taken back", syn(64240, 7) + "+0 C > S . len 54\n+0 S > C . win 200\n+0 C > S . len 54\n+0 S > C . win 100\n+0 C > S . len 54\n+0 S > C . win 0\n", "- [-, -]", "memory ran out"},
		{"not scaled, and some may have been read", "0 C > S S win 64240 mss 1460\n+0 S > C S. win 5840 mss 1460\n+0 C > S .\n+0 C > S . len 2920\n+0 S > C . len 10 win 2920\n+0 C > S . len 2920\n+0 S > C . win 0\n", "- [-, -]", "unknown"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			e := c2s(t, r).Buffer.RcvBuf
			if show(e) != tc.want || !strings.Contains(e.Method(), tc.how) {
				t.Errorf("%s: %s\nwant %s: …%s…", show(e), e.Method(), tc.want, tc.how)
			}
		})
	}
}

// TestEnoughBuffer: a larger buffer would have had to hold what waited for the stall to
// end, not all that was sent later.
func TestEnoughBuffer(t *testing.T) {
	r, _ := run(t, fill+`
1.000  S > C  .   win 4000
+0     C > S  P.  len 1000
+0     C > S  P.  len 1000
+0.001 S > C  .   win 4000
+0.001 C > S  P.  len 1000
+0     C > S  P.  len 1000
`)
	d := c2s(t, r)
	if e := d.Reader.AvoidBuffer; show(e) != fmt.Sprintf("- [%d, -]", *d.Stalls[0].Unread.Value()+2000) || *d.Stalls[0].Released != 4000 {
		t.Errorf("enough buffer %s, unread %s, released %d", show(e), show(d.Stalls[0].Unread), *d.Stalls[0].Released)
	}
}
