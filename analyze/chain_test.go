package analyze_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// leg is one connection of a proxy chain. Its window closes at some times and opens at
// others.
type leg struct {
	client, server string
	stalls         [][2]float64 // seconds
	stuck          bool         // the last stall never ends
}

// chain writes connections that run at the same time.
func chain(legs ...leg) string {
	type line struct {
		at   float64
		text string
	}
	var lines []line
	var b strings.Builder
	for i, l := range legs {
		c, s := fmt.Sprintf("C%d", i), fmt.Sprintf("S%d", i)
		fmt.Fprintf(&b, "host %s %s\nhost %s %s\n", c, l.client, s, l.server)
		add := func(at float64, format string) {
			lines = append(lines, line{at, strings.NewReplacer("C > S ", c+" > "+s+" ", "S > C ", s+" > "+c+" ").Replace(format)})
		}
		add(0, "C > S  S win 65535 mss 1460")
		add(0.0001, "S > C  S. win 4000 mss 1460")
		add(0.0002, "C > S  . win 65535")
		for k, w := range l.stalls {
			add(w[0]-0.001, "C > S  P. len 1000")
			add(w[0]-0.001, "C > S  P. len 1000")
			add(w[0]-0.001, "C > S  P. len 1000")
			add(w[0]-0.001, "C > S  P. len 1000")
			add(w[0], "S > C  . win 0")
			for at, gap := w[0]+0.2, 0.2; at < w[1]; at, gap = at+2*gap, 2*gap {
				add(at, "C > S  . seq una-1")
				add(at+0.0001, "S > C  . win 0")
			}
			if l.stuck && k == len(l.stalls)-1 {
				continue
			}
			add(w[1], "S > C  . win 4000")
			add(w[1]+0.0001, "C > S  P. len 1000")
			add(w[1]+0.0002, "S > C  . win 4000")
		}
	}
	slices.SortStableFunc(lines, func(x, y line) int { return cmp.Compare(x.at, y.at) })
	for _, l := range lines {
		fmt.Fprintf(&b, "%.6f %s\n", l.at, l.text)
	}
	return b.String()
}

const (
	clientHost, proxyHost, cacheHost, dataHost = "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"
)

// legs are client → proxy → cache → data: data stalls first, and the others follow.
func legs(hosts [4]string, stalls ...[2]float64) []leg {
	later := func(by, after float64) (out [][2]float64) {
		for _, w := range stalls {
			out = append(out, [2]float64{w[0] + by, w[1] + after})
		}
		return out
	}
	return []leg{
		{client: hosts[0] + ":40000", server: hosts[1] + ":8080", stalls: later(0.2, 0.002)},
		{client: hosts[1] + ":50000", server: hosts[2] + ":6379", stalls: later(0.1, 0.001)},
		{client: hosts[2] + ":60000", server: hosts[3] + ":5432", stalls: stalls},
	}
}

var (
	apart = [4]string{clientHost, proxyHost, cacheHost, dataHost}
	local = [4]string{"127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"}
)

// TestChain: streams that wait for others name the one at the origin.
func TestChain(t *testing.T) {
	once := [][2]float64{{1, 5}}
	often := [][2]float64{{1, 3}, {4, 5}, {6, 9}}
	unlike := legs(apart, once...)
	unlike[0].stalls = append([][2]float64{{0.2, 0.21}, {0.3, 0.31}, {0.4, 0.41}}, unlike[0].stalls...) // 16,000 bytes more
	stuck := legs(apart, once...)
	for i := range stuck {
		stuck[i].stuck = true
	}
	first := legs(apart, once...)
	first[0].stalls[0][0] = 0.5
	alone := legs(apart, once...)
	alone[0].stalls[0][1] = 7
	other := append(legs(apart, once...), leg{client: proxyHost + ":50001", server: "10.0.0.9:80", stalls: [][2]float64{{1.05, 5.0005}}})
	same := append(legs(apart, once...), leg{client: proxyHost + ":50001", server: cacheHost + ":6379", stalls: [][2]float64{{1.05, 5.0005}}})
	for _, tc := range []struct {
		name string
		legs []leg
		// want is the origin of each of the three streams and how sure that is.
		want string
	}{
		{"once", legs(apart, once...), "2 medium, 2 medium, -"},
		{"three times", legs(apart, often...), "2 high, 2 high, -"},
		{"on one host", legs(local, once...), "2 medium, 2 medium, -"},
		{"not as many bytes", unlike, "2 low, 2 medium, -"},
		{"still on", stuck, "2 low, 2 low, -"},
		{"the client's stall is first", first, "-, 2 medium, -"},
		{"the client's stall goes on", alone, "-, 2 medium, -"},
		{"nothing tells which stream", other, "-, 2 medium, -"},
		{"two streams to one server", same, "2 low, 2 medium, -"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, chain(tc.legs...))
			checkResult(t, r)
			var got []string
			for id := range int64(3) {
				v := r.Stream(id).Verdict
				switch {
				case v.Origin == nil:
					got = append(got, "-")
				default:
					got = append(got, fmt.Sprintf("%d %s", *v.Origin, v.Confidence))
				}
				if (v.Origin != nil) != (v.Code == cause.WaitsForOtherStream) {
					t.Errorf("stream %d: %s, origin %v", id, v.Code, v.Origin)
				}
			}
			if s := strings.Join(got, ", "); s != tc.want {
				t.Errorf("the origins are %s, want %s", s, tc.want)
				for s := range r.All() {
					t.Log(s.Verdict.Sentence, s.Verdict.Because)
				}
			}
		})
	}
}

// TestChainIsTold checks the words, and that everything agrees: the causes, the groups and
// the list of verdicts.
func TestChainIsTold(t *testing.T) {
	r, _ := run(t, chain(legs(apart, [2]float64{1, 5})...))
	v := r.Stream(0).Verdict
	const sentence = "the application behind 10.0.0.2:8080 did not read for 3.803 s, because it was itself waiting for 10.0.0.3:6379 (stream 1), " +
		"which was itself waiting for 10.0.0.4:5432 (stream 2): that is where to look"
	if v.Sentence != sentence {
		t.Errorf("it says %q", v.Sentence)
	}
	if v.Host.String() != dataHost || len(v.Evidence) < 2 {
		t.Errorf("look at %v; evidence %v", v.Host, v.Evidence)
	}
	for s := range r.All() {
		var sum int64
		for _, c := range s.Causes {
			sum += int64(c.Wait)
		}
		if sum != int64(s.Span) || s.Causes[0].Code != s.Verdict.Code || s.Causes[0].Wait != s.Verdict.Wait {
			t.Errorf("stream %d: %v of %v; first %s", s.ID, sum, s.Span, s.Causes[0].Code)
		}
	}
	var groups []string
	for _, g := range r.Findings {
		groups = append(groups, fmt.Sprint(g.Code, " ", g.At, " ", g.Streams))
	}
	want := []string{"receiver-not-reading 10.0.0.4:5432 1", "waits-for-other-stream 10.0.0.3:6379 1", "waits-for-other-stream 10.0.0.2:8080 1"}
	if !slices.Equal(groups, want) {
		t.Errorf("groups %q, want %q", groups, want)
	}
	for _, v := range r.Verdicts {
		if own := r.Stream(v.Stream).Verdict; own.Code != v.Code || own.Sentence != v.Sentence {
			t.Errorf("stream %d: %s and %s", v.Stream, v.Code, own.Code)
		}
	}
}

// TestManyChains: sixty clients of a proxy wait for one stream, also where not all of them
// are among the streams that are listed.
func TestManyChains(t *testing.T) {
	all := legs(apart, [2]float64{1, 5})[1:2] // the proxy's stream
	for i := range 60 {
		all = append(all, leg{
			client: fmt.Sprintf("10.0.1.%d:40000", i), server: proxyHost + ":8080",
			stalls: [][2]float64{{1.2 + float64(i)/1000, 5.01 + float64(i)/1000}},
		})
	}
	r, _ := run(t, chain(all...), func(c *analyze.Config) { c.MaxVerdicts = 5 })
	checkResult(t, r)
	var got []string
	for _, g := range r.Findings {
		got = append(got, fmt.Sprint(g.Code, " ", g.Streams))
	}
	if want := []string{"waits-for-other-stream 60", "receiver-not-reading 1"}; !slices.Equal(got, want) {
		t.Errorf("groups %q, want %q", got, want)
	}
	for s := range r.All() {
		if s.ID > 0 && (s.Verdict.Origin == nil || *s.Verdict.Origin != 0) {
			t.Errorf("stream %d: %s", s.ID, s.Verdict.Sentence)
		}
	}
}
