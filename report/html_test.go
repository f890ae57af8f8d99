package report

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

func page(t *testing.T, p *HTMLPage) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, p); err != nil {
		t.Fatal(err)
	}
	if b.Len() > HTMLMaxBytes {
		t.Errorf("the page takes %d bytes", b.Len())
	}
	return b.String()
}

// unpack opens the block with the given id.
func unpack(t *testing.T, page, id string, head any) []byte {
	t.Helper()
	m := regexp.MustCompile(`<script type="text/plain" id="` + id + `">([A-Za-z0-9+/=]*)</script>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no block %s", id)
	}
	packed, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	n := binary.LittleEndian.Uint32(raw)
	if err := json.Unmarshal(raw[4:4+n], head); err != nil {
		t.Fatal(err)
	}
	return raw[4+n:]
}

func TestHTMLAllowsOnlyItsOwnScriptAndStyle(t *testing.T) {
	r, tl := analyzed(t, "testdata/chart/seed-flood.pcap")
	text := page(t, &HTMLPage{Source: "seed-flood.pcap", Result: r, Timeline: tl})
	policy := regexp.MustCompile(`content="(default-src[^"]*)"`).FindStringSubmatch(text)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none'; ") {
		t.Fatalf("policy %q", policy)
	}
	if strings.Contains(policy[1], "unsafe") || strings.Contains(policy[1], "http") {
		t.Errorf("the policy is lax: %s", policy[1])
	}
	for _, part := range []string{"script", "style"} {
		body := regexp.MustCompile(`(?s)<`+part+`>(.*?)</`+part+`>`).FindAllStringSubmatch(text, -1)
		if len(body) != 1 {
			t.Fatalf("%d elements %s", len(body), part)
		}
		sum := sha256.Sum256([]byte(body[0][1]))
		if want := fmt.Sprintf("%s-src 'sha256-%s'", part, base64.StdEncoding.EncodeToString(sum[:])); !strings.Contains(policy[1], want) {
			t.Errorf("the policy does not have %s", want)
		}
	}
	if m := regexp.MustCompile(`\s(style|on[a-z]+)="`).FindString(regexp.MustCompile(`(?s)<(script|style)[ >].*?</(script|style)>`).ReplaceAllString(text, "")); m != "" {
		t.Errorf("an attribute that the policy forbids: %s", m)
	}
}

func TestHTMLEscapesWhatStrangersWrote(t *testing.T) {
	const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)> "'&` + "\u2028"
	v := analyze.Verdict{Severity: cause.Problem, Sentence: evil, Because: evil, Command: evil, Confidence: "high"}
	st := &analyze.Stream{Verdict: v, Warnings: []analyze.Warning{{Text: evil}}, Closed: evil}
	r := &analyze.Result{StreamCount: 1, Verdicts: []analyze.Verdict{v, v}, Warnings: []analyze.Warning{{Text: evil, Frame: 3}}}
	r.SetStreams([]*analyze.Stream{st})
	text := page(t, &HTMLPage{Source: evil, Result: r})
	if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") {
		t.Error("the page holds a stranger's markup")
	}
	var view streamView
	unpack(t, text, "s0", &view)
	if view.Verdict.Sentence != evil {
		t.Errorf("the sentence arrives as %q", view.Verdict.Sentence)
	}
}

// What the page's script does to the columns, done again here.
func TestHTMLColumnsHoldThePoints(t *testing.T) {
	r, tl := analyzed(t, "testdata/chart/drain.pcap")
	text := page(t, &HTMLPage{Source: "drain.pcap", Result: r, Timeline: tl})
	var view streamView
	columns := unpack(t, text, "s0", &view)
	points, _ := tl.Points(0)
	if view.Points != len(points) || view.Left {
		t.Fatalf("%d points, left %v, want all %d", view.Points, view.Left, len(points))
	}
	read := func() []int64 {
		out := make([]int64, view.Points)
		for i := range out {
			v, n := binary.Varint(columns)
			if n <= 0 {
				t.Fatal("the columns end early")
			}
			out[i], columns = v, columns[n:]
		}
		return out
	}
	times, frames, dirs, windows := read(), read(), read(), read()
	var ticks, frame int64
	var window [2]int64
	for i, p := range points {
		ticks += times[i]
		frame += frames[i]
		if at := r.Begin + view.Origin + ticks*view.Unit; at != p.Time {
			t.Errorf("point %d is at %d, want %d", i, at, p.Time)
		}
		window[dirs[i]] += windows[i]
		if uint64(frame) != p.Frame || analyze.Dir(dirs[i]) != p.Dir || window[p.Dir] != p.Window {
			t.Errorf("point %d is frame %d, direction %d, window %d; want %+v", i, frame, dirs[i], window[p.Dir], p)
		}
	}
	for range 9 { // window field, ACK, length, seq, edge, in flight twice, events, flags
		read()
	}
	if len(columns) > 0 {
		t.Errorf("%d bytes are left over", len(columns))
	}
}

func TestHTMLTimeUnitKeepsWhatItCan(t *testing.T) {
	for _, tt := range []struct {
		times []int64
		want  int64
	}{
		{nil, 1},
		{[]int64{5}, 1000},
		{[]int64{1_000, 3_000}, 1000},
		{[]int64{1_000, 3_001}, 1},
		{[]int64{0, 1 << 62}, 1_000_000},
		{[]int64{-1 << 63, 1<<63 - 1}, 1_000_000},
	} {
		points := make([]analyze.Point, len(tt.times))
		for i, at := range tt.times {
			points[i].Time = at
		}
		if got := timeUnit(points); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.times, got, tt.want)
		}
	}
}

// The page holds its size against more streams, stalls and probes than fit, and
// says what is missing.
func TestHTMLHoldsItsSize(t *testing.T) {
	r, tl := stallingStreams(60, 1)
	streams := r.Worst(60)
	for i, st := range streams {
		d := &st.Dirs[0]
		for k := range 300 {
			s := d.Stalls[0]
			s.Begin += int64(k*i) * 7919
			s.Duration += time.Duration(k * 104_729 * i)
			d.Stalls = append(d.Stalls, s)
		}
		d.StallCount = int64(len(d.Stalls))
	}
	many := make([]*analyze.Stream, 0, 8000)
	for k := range 8000 {
		st := *streams[k%len(streams)]
		st.ID = int64(k)
		st.Begin, st.End = st.Begin+int64(k)*999_331, st.End+int64(k)*1_999_993
		many = append(many, &st)
	}
	big := *r
	big.SetStreams(many)
	big.StreamCount = int64(len(many))
	text := page(t, &HTMLPage{Source: "big.pcap", Result: &big, Timeline: tl})
	var head htmlHead
	unpack(t, text, "head", &head)
	if len(head.Rows) > htmlMaxRows || len(head.Rows) < 1000 || len(head.Charts) < 50 {
		t.Errorf("%d rows, %d charts", len(head.Rows), len(head.Charts))
	}
	for _, want := range []string{fmt.Sprintf("Listed are the %d streams", len(head.Rows)), fmt.Sprintf("The first %d have charts", len(head.Charts))} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	var view streamView
	unpack(t, text, fmt.Sprintf("s%d", head.Charts[0]), &view)
	if n := len(view.Dirs[0].Stalls); n != htmlMaxStalls || view.Dirs[0].StallCount < 300 {
		t.Errorf("%d of %d stalls", n, view.Dirs[0].StallCount)
	}
}

// A stream that does not fit is thinned until it does.
func TestHTMLThinsALongStream(t *testing.T) {
	r, tl := long(150_000)
	st := r.Stream(0)
	text, err := packStream(&HTMLPage{Result: r, Timeline: tl}, st, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 100_000 || len(text) < 20_000 {
		t.Errorf("%d bytes, wanted at most 100,000 and not much less", len(text))
	}
}

func TestHTMLOfNothing(t *testing.T) {
	text := page(t, &HTMLPage{Source: "empty.pcap", Result: analyze.New(analyze.DefaultConfig()).Result()})
	if !strings.Contains(text, "No stream had to wait for a window") {
		t.Error("the page of an empty capture does not say so")
	}
}
