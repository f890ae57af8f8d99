package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
)

// drawn writes both pictures of a capture, and keeps them if a folder for
// pictures is given.
func drawn(t *testing.T, name string, r *analyze.Result, tl *chart.Timeline) (png, svg []byte) {
	t.Helper()
	var p, s bytes.Buffer
	if err := PNG(&p, r, tl); err != nil {
		t.Fatal(err)
	}
	if err := SVG(&s, r, tl); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("WINWATCH_SCREENSHOTS"); dir != "" {
		for ext, data := range map[string][]byte{".png": p.Bytes(), ".svg": s.Bytes()} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p.Bytes(), s.Bytes()
}

// svgTexts returns the texts of a picture, which must be well-formed.
func svgTexts(t *testing.T, svg []byte) string {
	t.Helper()
	var texts []string
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return strings.Join(texts, "\n")
		}
		if err != nil {
			t.Fatalf("SVG is not well-formed: %v", err)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, strings.TrimSpace(string(text)))
		}
	}
}

func TestStillOfTheSeedFlood(t *testing.T) {
	r, tl := analyzed(t, "testdata/chart/seed-flood.pcap")
	picture, svg := drawn(t, "window-seed-flood", r, tl)
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() < 1400 || b.Dy() < 900 {
		t.Errorf("the picture is %v", b)
	}
	texts := svgTexts(t, svg)
	for _, want := range []string{"did not read for", "Advertised window and data in flight", "384 KiB", "stall 15.1",
		"probe answer", "zero window", "time since the capture began [s]", "right edge", "127.0.0.1:40846"} {
		if !strings.Contains(texts, want) {
			t.Errorf("the picture does not say %q:\n%s", want, texts)
		}
	}
	if len(svg) > 300_000 {
		t.Errorf("the SVG takes %d bytes", len(svg))
	}
}

// A stream of a million segments gives no larger picture than its columns do,
// and the one zero window in it is seen.
func TestStillStaysSmall(t *testing.T) {
	r, tl := long(200_000)
	_, svg := drawn(t, "window-long", r, tl)
	if len(svg) > 600_000 {
		t.Errorf("the SVG takes %d bytes", len(svg))
	}
	if texts := svgTexts(t, svg); !strings.Contains(texts, "zero window") {
		t.Errorf("no zero window in the legend:\n%s", texts)
	}
}

func TestStillNeedsAStream(t *testing.T) {
	empty := analyze.New(analyze.DefaultConfig()).Result()
	if err := PNG(io.Discard, empty, nil); !errors.Is(err, errNothingToDraw) {
		t.Errorf("PNG of nothing gives %v", err)
	}
	r, _ := analyzed(t, "testdata/chart/seed-flood.pcap")
	if err := SVG(io.Discard, r, chart.New(10)); err == nil || !strings.Contains(err.Error(), "stream 0") {
		t.Errorf("SVG without points gives %v", err)
	}
}

func TestByteTicksStandAtPowersOfTwo(t *testing.T) {
	for _, tt := range []struct {
		low, high float64
		want      string
	}{
		{-10, 100, "0 B 32 B 64 B 96 B"},
		{-5e3, 65536 * 1.1, "0 B 16 KiB 32 KiB 48 KiB 64 KiB"},
		{900_000, 934_544, "880 KiB 888 KiB 896 KiB 904 KiB 912 KiB"},
		{0, 3.6e9, "0 B 1 GiB 2 GiB 3 GiB"},
	} {
		var got []string
		for _, tick := range byteTicks(tt.low, tt.high) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%v to %v: %s, want %s", tt.low, tt.high, s, tt.want)
		}
	}
}

// long makes a stream of n segments, data and ACKs in turn, with a zero window
// of one segment in its middle.
func long(n int) (*analyze.Result, *chart.Timeline) {
	a, tl := analyze.New(analyze.DefaultConfig()), chart.New(2_000_000)
	a.OnSample(tl.Add)
	c, s := capture.AddrFrom4([4]byte{10, 0, 0, 1}), capture.AddrFrom4([4]byte{10, 0, 0, 2})
	var seq uint32 = 1
	const mss = 1448
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		seg := capture.Segment{Frame: uint64(i + 1), Time: 1_700_000_000e9 + int64(i)*53_711 + rng.Int64N(40_000), HopLimit: 64, Flags: capture.ACK}
		seg.Src, seg.Dst, seg.SrcPort, seg.DstPort = c, s, 40000, 5001
		if i%2 == 1 {
			seg.Src, seg.Dst, seg.SrcPort, seg.DstPort = s, c, 5001, 40000
		}
		switch {
		case i < 2:
			seg.Flags = [...]capture.Flags{capture.SYN, capture.SYN | capture.ACK}[i]
			seg.Options, seg.WindowShift, seg.MSS, seg.Window = capture.HasWindowScale|capture.HasMSS, 7, 1460, 64240
			seg.Ack = uint32(i)
		case i%2 == 0:
			seg.Seq, seg.Ack, seg.Len, seg.Window = seq, 1, mss, 501
			seq += mss
		case i/2 == n/4:
			seg.Seq, seg.Ack = 1, seq
		default:
			seg.Seq, seg.Ack, seg.Window = 1, seq, uint16(2000-(i/2)%97*6+rng.IntN(5))
		}
		a.Add(&seg)
	}
	return a.Result(), tl
}
