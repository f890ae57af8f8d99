package analyze_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
)

// analyzeFile analyzes a capture and passes its samples to the sinks.
func analyzeFile(t testing.TB, name string, sinks ...func(*analyze.Sample)) *analyze.Result {
	t.Helper()
	r, err := analyzeUntil(name, sinks...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// analyzeUntil analyzes a capture until its end, or until an error.
func analyzeUntil(name string, sinks ...func(*analyze.Sample)) (*analyze.Result, error) {
	src, err := capture.Open(name)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	a := analyze.New(analyze.DefaultConfig())
	for _, s := range sinks {
		a.OnSample(s)
	}
	var seg capture.Segment
	for {
		err := src.Next(&seg)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			a.Flush()
			return a.Result(), err
		}
		a.Add(&seg)
	}
}

// fact compares one value of a truth file with the analysis.
type fact struct {
	name      string
	want, got any
	ok        bool
}

// TestTruth compares the analysis of the lab captures with what the kernel or another
// TCP stack recorded (testdata/lab/*/truth.json).
func TestTruth(t *testing.T) {
	dirs, err := filepath.Glob("testdata/lab/*/truth.json")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no captures with known truth found")
	}
	for _, file := range dirs {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			facts := compareTruth(t, filepath.Dir(file))
			var b strings.Builder
			for _, f := range facts {
				mark := "ok"
				if !f.ok {
					mark = "WRONG"
				}
				fmt.Fprintf(&b, "%-52s truth %-28v analysis %-28v %s\n", f.name, f.want, f.got, mark)
			}
			t.Logf("%d facts\n%s", len(facts), b.String())
			for _, f := range facts {
				if !f.ok {
					t.Fatalf("%s: %s: truth %v, analysis %v", name, f.name, f.want, f.got)
				}
			}
		})
	}
}

// truthErrs lists facts of truth files that their own captures refute.
var truthErrs = map[string]string{
	"syn-missing client_window_filled_exactly":     "frame 21 carries 28,672 bytes into the window of 28 << 10 that frame 20 advertised",
	"syn-missing client_probe_timer_data_segments": "that segment was sent 216 ms after the previous one",
}

type truth struct {
	Scenario    string
	Connections []map[string]json.RawMessage
	all         map[string]json.RawMessage
}

func compareTruth(t *testing.T, dir string) []fact {
	data, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tr truth
	if err := json.Unmarshal(data, &tr); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &tr.all); err != nil {
		t.Fatal(err)
	}
	res := analyzeFile(t, filepath.Join(dir, "capture.pcap"))
	var facts []fact
	used := map[int64]bool{}
	for i, c := range tr.Connections {
		st := streamOf(res, c, used)
		if st == nil {
			t.Fatalf("connection %d of the truth is not in the capture", i)
		}
		for _, end := range []string{"client", "server"} {
			facts = append(facts, compareEnd(t, &tr, c, st, end, fmt.Sprintf("%d.%s.", i, end))...)
		}
	}
	if len(facts) == 0 {
		t.Fatal("the truth file states no facts")
	}
	return facts
}

func str(c map[string]json.RawMessage, key string) string {
	var s string
	json.Unmarshal(c[key], &s)
	return s
}

func num(c map[string]json.RawMessage, key string) (int64, bool) {
	var n *float64
	if json.Unmarshal(c[key], &n) != nil || n == nil {
		return 0, false
	}
	return int64(*n), true
}

// streamOf finds the stream of a connection: the first not yet used.
func streamOf(r *analyze.Result, c map[string]json.RawMessage, used map[int64]bool) *analyze.Stream {
	port := func(k string) uint16 { n, _ := num(c, k); return uint16(n) }
	client := netip.AddrPortFrom(netip.MustParseAddr(str(c, "client_ip")), port("client_port"))
	server := netip.AddrPortFrom(netip.MustParseAddr(str(c, "server_ip")), port("server_port"))
	for s := range r.All() {
		if s.Client == client && s.Server == server && !used[s.ID] {
			used[s.ID] = true
			return s
		}
	}
	return nil
}

// stallTruth is a stall of a truth file.
type stallTruth struct {
	Start   *float64 `json:"start_epoch"`
	End     *float64 `json:"end_epoch"`
	Before  bool     `json:"began_before_capture"`
	Unread  *int64   `json:"unread_bytes_at_start"`
	RcvBuf  *int64   `json:"rcvbuf_at_start"`
	EndedBy string   `json:"ended_by"`
	Probes  *int64
}

// compareEnd compares everything that the truth file says about one end: what it sent,
// and the stalls that it caused as receiver.
func compareEnd(t *testing.T, tr *truth, c map[string]json.RawMessage, st *analyze.Stream, end, prefix string) []fact {
	out, in := &st.Dirs[analyze.ClientToServer], &st.Dirs[analyze.ServerToClient]
	if end == "server" {
		out, in = in, out
	}
	var facts []fact
	add := func(name string, want, got any, ok bool) {
		facts = append(facts, fact{prefix + name, want, got, ok})
	}
	number := func(key string, got int64) {
		if why, ok := truthErrs[tr.Scenario+" "+end+"_"+key]; ok {
			t.Logf("%s%s skipped: %s", prefix, key, why)
			return
		}
		if want, ok := num(c, end+"_"+key); ok {
			add(key, want, got, want == got)
		}
	}
	w := &in.Window // what this end advertises
	lossy := tr.Scenario == "loss5-stall"
	if w.Scale.State == analyze.ScaleKnown || w.Scale.State == analyze.ScaleAbsent {
		number("wscale_shift", int64(w.Scale.Shift))
		if neg, ok := c[end+"_wscale_negotiated"]; ok {
			want := string(neg) == "true"
			add("wscale_negotiated", want, w.Scale.State, want == (w.Scale.State == analyze.ScaleKnown))
		}
	} else if want, ok := num(c, end+"_wscale_shift"); ok {
		add("wscale_shift within", want, fmt.Sprintf("%d to %d", w.Scale.Min, w.Scale.Max),
			want >= int64(w.Scale.Min) && want <= int64(w.Scale.Max))
	}
	number("zero_window_probes_sent", int64(out.Probes))
	number("keepalives_sent", int64(out.KeepAlives))
	number("probe_timer_data_segments", int64(out.ProbeTimerData))
	number("to_zero_window", int64(w.ToZero))
	number("from_zero_window", int64(w.FromZero))
	if !lossy {
		number("zero_window_segments", int64(w.ZeroSegments))
		number("window_filled_exactly", int64(out.Window.Filled))
	}
	number("retransmissions_into_zero_window", int64(out.RetransmissionsIntoZeroWindow))
	if raw, ok := c[end+"_stalls"]; ok {
		var stalls []stallTruth
		if err := json.Unmarshal(raw, &stalls); err != nil {
			t.Fatal(err)
		}
		facts = append(facts, compareStalls(stalls, in, prefix)...)
	}
	facts = append(facts, compareLimited(tr, out, end, prefix)...)
	return facts
}

func compareStalls(want []stallTruth, in *analyze.Direction, prefix string) []fact {
	var facts []fact
	var zero []analyze.Stall
	for _, s := range in.Stalls {
		if s.ZeroFrame != 0 {
			zero = append(zero, s)
		}
	}
	facts = append(facts, fact{prefix + "stalls", len(want), len(zero), len(want) == len(zero)})
	if len(want) != len(zero) {
		return facts
	}
	for i, w := range want {
		got, p := zero[i], fmt.Sprintf("%sstall%d.", prefix, i)
		add := func(name string, want, got any, ok bool) { facts = append(facts, fact{p + name, want, got, ok}) }
		add("began_before_capture", w.Before, got.BeganBeforeCapture, w.Before == got.BeganBeforeCapture)
		if w.Start != nil && !w.Before {
			add("start_epoch", *w.Start, float64(got.ZeroBegin)/1e9, near(*w.Start, got.ZeroBegin))
		}
		ends := map[string][]analyze.StallEnd{
			"window_opened":             {analyze.EndWindowUpdate, analyze.EndProbeAnswer, analyze.EndDataAccepted},
			"reset_by_receiver":         {analyze.EndResetByReceiver},
			"still_zero_at_capture_end": {analyze.EndCaptureEnded, analyze.EndResetBySender},
		}
		add("ended_by", w.EndedBy, got.EndedBy, slices.Contains(ends[w.EndedBy], got.EndedBy))
		if w.End != nil {
			add("end_epoch", *w.End, float64(got.End)/1e9, near(*w.End, got.End))
		}
		if w.Probes != nil {
			add("probes", *w.Probes, got.ProbeCount, *w.Probes == got.ProbeCount)
		}
		if w.Unread != nil {
			u := got.Unread
			value, low, high := u.Value(), u.Low(), u.High()
			ok := (value == nil || *value == *w.Unread) && (high == nil || *w.Unread <= *high) && (low == nil || *w.Unread >= *low)
			add("unread_bytes_at_start", *w.Unread, show(u), ok && (i > 0 || w.Before || value != nil))
		}
		if w.RcvBuf != nil && i == 0 && !w.Before {
			b := in.Buffer.RcvBuf
			add("rcvbuf_at_start within", *w.RcvBuf, show(b), b.Low() != nil && *b.Low() <= *w.RcvBuf && (b.High() == nil || *w.RcvBuf <= *b.High()))
		}
	}
	return facts
}

func near(epoch float64, ns int64) bool {
	d := time.Duration(ns) - time.Duration(epoch*1e9)
	return d.Abs() < 20*time.Millisecond
}

func show(e analyze.Estimate) string {
	p := func(n *int64) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	return p(e.Value()) + " [" + p(e.Low()) + ", " + p(e.High()) + "]"
}

// compareLimited compares the share of the busy time in which the receiver's window
// limited this end with what Linux counted up to the last reading before the connection
// was closed. They must agree within 5 percentage points.
func compareLimited(tr *truth, out *analyze.Direction, end, prefix string) []fact {
	best := ""
	for _, key := range slices.Sorted(maps.Keys(tr.all)) {
		if strings.HasPrefix(key, end+"_at_before") && strings.HasSuffix(key, "_busy_time_us") {
			best = strings.TrimSuffix(key, "busy_time_us")
		}
	}
	busy, _ := num(tr.all, best+"busy_time_us")
	if best == "" || busy < 100_000 || out.Budget.Total == 0 {
		return nil
	}
	limited, _ := num(tr.all, best+"rwnd_limited_us")
	b := &out.Budget
	ourBusy := b.Total - b.SenderIdle - b.Unjudged
	want := 100 * float64(limited) / float64(busy)
	got := 100 * float64(b.ReceiverLimited()) / float64(max(ourBusy, 1))
	return []fact{{prefix + "limited by the receiver's window, % of busy", fmt.Sprintf("%.1f", want), fmt.Sprintf("%.1f", got),
		want-got < 5 && got-want < 5}}
}
