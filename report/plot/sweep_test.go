package plot

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winwatch/report"
	"winwatch/report/reporttest"
)

// drawnSweep returns the texts of a picture, and saves it if WINWATCH_SCREENSHOTS names a
// directory.
func drawnSweep(t *testing.T, name string, s *report.Sweep) string {
	t.Helper()
	var p, v bytes.Buffer
	if err := SweepPNG(&p, s); err != nil {
		t.Fatal(err)
	}
	if err := SweepSVG(&v, s); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("WINWATCH_SCREENSHOTS"); dir != "" {
		for ext, data := range map[string][]byte{".png": p.Bytes(), ".svg": v.Bytes()} {
			if err := os.WriteFile(filepath.Join(dir, "sweep-"+name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := png.Decode(&p); err != nil {
		t.Error(err)
	}
	return svgTexts(t, v.Bytes())
}

// TestSweep draws every sweep: the axes name what they show, with units, and what every
// line stands for.
func TestSweep(t *testing.T) {
	for name, wants := range map[string][]string{
		"law": {"Throughput by SO_RCVBUF at the receiver", "Throughput [Mbit/s]", "SO_RCVBUF at the receiver", "64 KiB", "4 MiB", "100",
			"window ÷ RTT: one window in each round trip", "rate of the link", "measured", "window-limited --link=rate=100mbit"},
		"delays": {"delay 5ms", "delay 20ms"},
		"cure":   {"Median time of a request by scenario", "Median time of a request [ms]", "nagle", "nodelay"},
		"stall":  {"Unread bytes by size of one send()", "rcvbuf 4k", "KiB"},
		"wide":   {"delay 20ms, congestion cubic, loss 0.1%"},
	} {
		s, ok := reporttest.Sweeps()[name]
		if !ok {
			t.Fatalf("no sweep %q", name)
		}
		texts := drawnSweep(t, name, s)
		for _, want := range wants {
			if !strings.Contains(texts, want) {
				t.Errorf("%s: the picture does not say %q:\n%s", name, want, texts)
			}
		}
		if name != "law" && name != "delays" && name != "wide" && strings.Contains(texts, "RTT") {
			t.Errorf("%s: the picture speaks of a round trip that nobody measured:\n%s", name, texts)
		}
	}
}

// TestSweepCurves: a line has its points in order of x; a run that failed has none, and
// leaves a gap.
func TestSweepCurves(t *testing.T) {
	s := reporttest.LawSweep(5*time.Millisecond, 20*time.Millisecond)
	s.Cells[0], s.Cells[4] = s.Cells[4], s.Cells[0]
	curves, more := curvesOf(s, &quantities[0], 0)
	if len(curves) != 2 || more != 0 || curves[0].name != "delay 5ms" {
		t.Fatalf("%d lines and %d more: %+v", len(curves), more, curves)
	}
	for _, l := range curves {
		for i := range l.x {
			if i > 0 && l.x[i] <= l.x[i-1] {
				t.Errorf("%s: x %v", l.name, l.x)
			}
			if missing := math.IsNaN(l.y[i]); missing != (l.name == "delay 20ms" && l.x[i] == 16<<10) {
				t.Errorf("%s: %v at %v", l.name, l.y[i], l.x[i])
			}
		}
	}
}

// TestSweepOfNames: between names there are no lines, and the legend speaks of none.
func TestSweepOfNames(t *testing.T) {
	s := reporttest.LawSweep(20 * time.Millisecond)
	s.Settings[0] = report.Setting{Name: "congestion", Label: "congestion control"}
	for i := range s.Cells {
		s.Cells[i].Values[0] = report.Value{Text: "no" + s.Cells[i].Values[0].Text, Number: math.NaN()}
	}
	if texts := drawnSweep(t, "names", s); !strings.Contains(texts, "Throughput by congestion control") ||
		!strings.Contains(texts, "no16k") || strings.Contains(texts, "RTT") || strings.Contains(texts, "rate of the link") {
		t.Errorf("the picture says\n%s", texts)
	}
}

// TestSweepWithoutAnything: the picture says that there is nothing to draw.
func TestSweepWithoutAnything(t *testing.T) {
	s := reporttest.LawSweep(20 * time.Millisecond)
	for i := range s.Cells {
		s.Cells[i].Proof = nil
	}
	if texts := drawnSweep(t, "nothing", s); !strings.Contains(texts, "nothing to draw") || !strings.Contains(texts, "no run measured") {
		t.Errorf("the picture says\n%s", texts)
	}
}

// TestScale: an axis is logarithmic if its values span more than a decade, and has ticks.
func TestScale(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		name   string
		unit   string
		begin  float64
		values []float64
		log    bool
		labels string
		in     string
	}{
		{"sizes", "bytes", 0, []float64{16 << 10, 64 << 10, 1 << 20}, true, "16 KiB 32 KiB 64 KiB 128 KiB 256 KiB 512 KiB 1 MiB", ""},
		{"rates", "bit/s", 0, []float64{3e6, 100e6}, true, "5 10 20 50 100", "Mbit/s"},
		{"times", "ns", 0, []float64{180e3, 41e6}, true, "0.2 0.5 1 2 5 10 20 50", "ms"},
		{"shares", "%", nan, []float64{0, 0.1, 1}, false, "0 0.2 0.4 0.6 0.8 1", "%"},
		{"from zero", "bit/s", 0, []float64{90e6, 100e6, nan}, false, "0 20 40 60 80 100", "Mbit/s"},
		{"one value", "ns", nan, []float64{20e6}, false, "18 19 20 21 22", "ms"},
		{"nothing", "bit/s", 0, []float64{nan}, false, "0 0.2 0.4 0.6 0.8 1", "bit/s"},
	} {
		s := newScale(tt.unit, tt.begin, tt.values)
		var labels []string
		for _, tick := range s.ticks {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); s.log != tt.log || got != tt.labels || s.unit != tt.in {
			t.Errorf("%s: logarithmic %v, labels %q in %q, want %v, %q in %q", tt.name, s.log, got, s.unit, tt.log, tt.labels, tt.in)
		}
	}
}
