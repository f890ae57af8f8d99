package text

import (
	"math"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// chartOf draws stream 0 of a reporttest.Fixture, from and to in seconds since its begin.
func chartOf(f reporttest.Fixture, from, to float64, cols, rows int) *drawing {
	st := f.Result.Stream(0)
	dir := report.MainDir(st)
	points, _ := f.Timeline.Points(0)
	end := int64(math.MaxInt64)
	if to > 0 {
		end = reporttest.At(to)
	}
	return newDrawing(points, dir, &st.Dirs[dir], f.Result.Begin, reporttest.At(from), end, cols, rows)
}

// TestChartPlacesMarks uses 194 columns for 19.4 s: 10 per second.
func TestChartPlacesMarks(t *testing.T) {
	c := chartOf(reporttest.Flood(), 0, 0, 194, 8)
	want := map[int]rune{47: '^', 52: '!', 61: '^', 80: '^', 118: '^', 193: '^'}
	for x, r := range c.probe {
		if w, ok := want[x]; ok != (r != ' ') || ok && w != r {
			t.Errorf("column %d is %q, want %q", x, r, w)
		}
	}
	if begin := slices.Index(c.stall, markZero); begin != 45 {
		t.Errorf("the stall begins in column %d, want 45", begin)
	}
	if c.stall[193] != markZero {
		t.Error("the open stall does not reach the right edge")
	}
}

// TestChartDistinguishesZeroFromSmall checks that a window of one byte looks different from
// a closed one.
func TestChartDistinguishesZeroFromSmall(t *testing.T) {
	for _, test := range []struct {
		window int64
		bottom bool
	}{{0, true}, {1, false}, {1_000_000, false}} {
		tr := reporttest.Trace{Timeline: chart.New(1000)}
		tr.Add(0, 1, analyze.Sample{Window: 1_000_000})
		tr.Add(1, 1, analyze.Sample{Window: test.window})
		tr.Add(10, 1, analyze.Sample{Window: test.window})
		points, _ := tr.Timeline.Points(0)
		d := &analyze.Direction{Window: analyze.Window{Scale: analyze.Scale{State: analyze.ScaleKnown}}}
		c := newDrawing(points, analyze.ClientToServer, d, reporttest.T0, math.MinInt64, math.MaxInt64, 50, 5)
		cell := c.window.cells[4*50+40] // halfway, in the lowest row
		if got := cell&(dots[0][3]|dots[1][3]) != 0; got != test.bottom {
			t.Errorf("window %d: a dot on the axis: %v, want %v", test.window, got, test.bottom)
		}
	}
}

// TestChartKeepsShortEvents checks that an opening of a microsecond in an hour is visible.
func TestChartKeepsShortEvents(t *testing.T) {
	tr := reporttest.Trace{Timeline: chart.New(1000)}
	tr.Add(0, 1, analyze.Sample{Window: 0})
	tr.Add(1800, 1, analyze.Sample{Window: 5000})
	tr.Add(1800.000001, 1, analyze.Sample{Window: 0})
	tr.Add(3600, 1, analyze.Sample{Window: 0})
	points, _ := tr.Timeline.Points(0)
	d := &analyze.Direction{Window: analyze.Window{Scale: analyze.Scale{State: analyze.ScaleKnown}}}
	c := newDrawing(points, analyze.ClientToServer, d, reporttest.T0, math.MinInt64, math.MaxInt64, 60, 6)
	for row := range 6 {
		if c.window.at(30, row) == 0 {
			t.Errorf("row %d of the middle column is empty", row)
		}
	}
}

// TestChartRange draws a part of the stream, with the level at its left edge.
func TestChartRange(t *testing.T) {
	c := chartOf(reporttest.Flood(), 6, 12, 60, 8)
	if c.first != reporttest.At(6) || c.last != reporttest.At(12) {
		t.Errorf("from %d to %d", c.first-reporttest.T0, c.last-reporttest.T0)
	}
	if got := strings.TrimSpace(string(c.stall)); len([]rune(got)) != 60 {
		t.Errorf("the stall does not fill the range: %q", got)
	}
	if got := strings.Join(strings.Fields(string(c.probe)), ""); got != "^^^" {
		t.Errorf("probes in the range: %q", got)
	}
}

// TestChartBetweenPoints draws a time in which nothing was sent: the window keeps its
// value.
func TestChartBetweenPoints(t *testing.T) {
	c := chartOf(reporttest.Flood(), 13, 19, 60, 8)
	if c == nil {
		t.Fatal("no chart")
	}
	if c.top != 465280 {
		t.Errorf("the upper edge is %d, want the stream's largest window", c.top)
	}
	for x := range 60 {
		if c.window.at(x, 7) != '⣀' {
			t.Fatalf("column %d is %q, want a closed window", x, c.window.at(x, 7))
		}
	}
}

// TestChartOfNothing covers no points, one point, points at a single time, an empty range,
// and no window.
func TestChartOfNothing(t *testing.T) {
	d := &analyze.Direction{}
	one := []analyze.Point{{Time: 5, Window: 3, Dir: 1}}
	same := append(one, one...)
	none := []analyze.Point{{Time: 5, Window: -1, InFlight: -1, Dir: 1}, {Time: 9, Window: -1, InFlight: -1, Dir: 1}}
	for _, points := range [][]analyze.Point{nil, one, same, none} {
		if c := newDrawing(points, 0, d, 0, math.MinInt64, math.MaxInt64, 10, 5); c != nil {
			t.Errorf("%d points: a chart of nothing", len(points))
		}
	}
	if c := chartOf(reporttest.Flood(), 30, 40, 10, 5); c != nil {
		t.Error("a chart of a span without points")
	}
}
