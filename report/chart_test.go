package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
)

// chartOf draws a fixture's stream 0, from and to in seconds after its begin.
func chartOf(f fixture, from, to float64, cols, rows int) *drawing {
	st := f.result.Stream(0)
	dir := st.Verdict.Dir
	points, _ := f.tl.Points(0)
	end := int64(math.MaxInt64)
	if to > 0 {
		end = at(to)
	}
	return newDrawing(points, dir, &st.Dirs[dir], f.result.Begin, at(from), end, cols, rows)
}

// TestChartMarksStandWhereTheyHappened: 194 columns for 19.4 s, 10 a second.
func TestChartMarksStandWhereTheyHappened(t *testing.T) {
	c := chartOf(flood(), 0, 0, 194, 8)
	want := map[int]rune{47: '^', 52: '!', 61: '^', 80: '^', 118: '^', 193: '^'}
	for x, r := range c.probe {
		if w, ok := want[x]; ok != (r != ' ') || ok && w != r {
			t.Errorf("column %d holds %q, want %q", x, r, w)
		}
	}
	if begin := slices.Index(c.stall, markZero); begin != 45 {
		t.Errorf("the stall begins in column %d, want 45", begin)
	}
	if c.stall[193] != markZero {
		t.Error("the stall, which is still on, does not reach the right edge")
	}
}

// TestChartOnlyZeroLiesOnTheAxis: a window of one byte must look different from
// none.
func TestChartOnlyZeroLiesOnTheAxis(t *testing.T) {
	for _, test := range []struct {
		window int64
		bottom bool
	}{{0, true}, {1, false}, {1_000_000, false}} {
		tr := trace{tl: chart.New(1000)}
		tr.add(0, 1, analyze.Sample{Window: 1_000_000})
		tr.add(1, 1, analyze.Sample{Window: test.window})
		tr.add(10, 1, analyze.Sample{Window: test.window})
		points, _ := tr.tl.Points(0)
		d := &analyze.Direction{Window: analyze.Window{Scale: analyze.Scale{State: analyze.ScaleKnown}}}
		c := newDrawing(points, analyze.ClientToServer, d, t0, math.MinInt64, math.MaxInt64, 50, 5)
		cell := c.window.cells[4*50+40] // half way through, in the lowest row
		if got := cell&(dots[0][3]|dots[1][3]) != 0; got != test.bottom {
			t.Errorf("window %d: a dot on the axis: %v, want %v", test.window, got, test.bottom)
		}
	}
}

// TestChartKeepsShortEvents: an opening of a microsecond in an hour is seen.
func TestChartKeepsShortEvents(t *testing.T) {
	tr := trace{tl: chart.New(1000)}
	tr.add(0, 1, analyze.Sample{Window: 0})
	tr.add(1800, 1, analyze.Sample{Window: 5000})
	tr.add(1800.000001, 1, analyze.Sample{Window: 0})
	tr.add(3600, 1, analyze.Sample{Window: 0})
	points, _ := tr.tl.Points(0)
	d := &analyze.Direction{Window: analyze.Window{Scale: analyze.Scale{State: analyze.ScaleKnown}}}
	c := newDrawing(points, analyze.ClientToServer, d, t0, math.MinInt64, math.MaxInt64, 60, 6)
	for row := range 6 {
		if c.window.at(30, row) == 0 {
			t.Errorf("row %d of the middle column is empty", row)
		}
	}
}

// TestChartRange shows a part only, with the level at which it was entered.
func TestChartRange(t *testing.T) {
	c := chartOf(flood(), 6, 12, 60, 8)
	if c.first != at(6) || c.last != at(12) {
		t.Errorf("from %d to %d", c.first-t0, c.last-t0)
	}
	if got := strings.TrimSpace(string(c.stall)); len([]rune(got)) != 60 {
		t.Errorf("the stall does not fill the range: %q", got)
	}
	if got := strings.Join(strings.Fields(string(c.probe)), ""); got != "^^^" {
		t.Errorf("probes in the range: %q", got)
	}
}

// TestChartBetweenPoints shows a time in which nothing was sent: the window
// stays what it was.
func TestChartBetweenPoints(t *testing.T) {
	c := chartOf(flood(), 13, 19, 60, 8)
	if c == nil {
		t.Fatal("no chart")
	}
	if c.top != 465280 {
		t.Errorf("the upper edge is %d, want the stream's largest window", c.top)
	}
	for x := range 60 {
		if c.window.at(x, 7) != '⣀' {
			t.Fatalf("column %d holds %q, want a closed window", x, c.window.at(x, 7))
		}
	}
}

// TestChartOfNothing: no points, one point, points of one moment, an empty
// range, no window.
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
	if c := chartOf(flood(), 30, 40, 10, 5); c != nil {
		t.Error("a chart of a time without points")
	}
}
