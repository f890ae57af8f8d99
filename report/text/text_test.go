package text

import (
	"bytes"
	"io"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture"
	"winwatch/capture/words"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// optionsOf returns the options for the text report of a fixture.
func optionsOf(f reporttest.Fixture, width int, look Look) Options {
	return Options{Width: width, Look: look, Top: f.Top, Verbose: f.Verbose, Wireshark: f.Wireshark}
}

// textOf returns a function that writes the text report of a fixture.
func textOf(f reporttest.Fixture, width int, look Look) func(io.Writer) error {
	return func(w io.Writer) error { return Write(w, f.Material, optionsOf(f, width, look)) }
}

// TestGoldens writes every fixture in several widths and looks.
func TestGoldens(t *testing.T) {
	goldens := map[string]func(io.Writer) error{}
	for _, f := range reporttest.Fixtures() {
		goldens[f.Name+".80.txt"] = textOf(f, 80, Plain)
		goldens[f.Name+".200.txt"] = textOf(f, 200, Plain)
	}
	goldens["flood.colour.txt"] = textOf(reporttest.Flood(), 80, Colour)
	verbose := reporttest.FloodProof()
	verbose.Verbose = true
	goldens["flood.verbose.txt"] = textOf(verbose, 100, Plain)
	goldens["flood.quiet.txt"] = func(w io.Writer) error {
		return Write(w, reporttest.Flood().Material, Options{Quiet: true})
	}
	seed := reporttest.Fixture{Material: reporttest.Analyze(t, reporttest.SeedFlood)}
	goldens["seed-flood.80.txt"] = textOf(seed, 80, Plain)
	for name, write := range goldens {
		t.Run(name, func(t *testing.T) { reporttest.Golden(t, name, write) })
	}
	reporttest.OnlyGoldens(t, slices.Collect(maps.Keys(goldens))...)
}

// TestLargestCount checks that counts are unsigned, whatever a file claims.
func TestLargestCount(t *testing.T) {
	r := &analyze.Result{}
	r = r.Select(nil)
	r.Input.Frames, r.Input.Noted[capture.KernelDrops] = 1, math.MaxUint64
	var out bytes.Buffer
	if err := Write(&out, &report.Material{Result: r}, Options{}); err != nil {
		t.Fatal(err)
	}
	const want = "18,446,744,073,709,551,615: packet dropped by the kernel"
	if !strings.Contains(out.String(), want) {
		t.Errorf("%q is not in\n%s", want, &out)
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	f := reporttest.HostileFixture()
	for _, width := range []int{80, 200} {
		var out bytes.Buffer
		if err := textOf(f, width, Plain)(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), `\x1b[2J`) {
			t.Errorf("the text is missing instead of escaped:\n%s", &out)
		}
		reporttest.Harmless(t, "text", out.String(), "\n")
	}
}

// TestLooks checks that plain text has no escape sequences and mono text no colours.
func TestLooks(t *testing.T) {
	colours := regexp.MustCompile(`\x1b\[[^m]*3[0-9]`)
	for look, want := range map[Look]struct{ escapes, colour bool }{
		Plain: {false, false}, Mono: {true, false}, Colour: {true, true},
	} {
		for _, f := range reporttest.Fixtures() {
			var out bytes.Buffer
			if err := textOf(f, 100, look)(&out); err != nil {
				t.Fatal(err)
			}
			escapes, colour := strings.Contains(out.String(), "\x1b"), colours.MatchString(out.String())
			if f.Name != "empty" && (escapes != want.escapes || colour != want.colour) {
				t.Errorf("%s, look %d: escapes %v, colour %v", f.Name, look, escapes, colour)
			}
		}
	}
}

// TestColourAddsNoText checks that colour changes no words and ends with each line.
func TestColourAddsNoText(t *testing.T) {
	for _, f := range reporttest.Fixtures() {
		var plain, colour bytes.Buffer
		if err := textOf(f, 100, Plain)(&plain); err != nil {
			t.Fatal(err)
		}
		if err := textOf(f, 100, Colour)(&colour); err != nil {
			t.Fatal(err)
		}
		plainLines, colourLines := strings.Split(plain.String(), "\n"), strings.Split(colour.String(), "\n")
		if len(plainLines) != len(colourLines) {
			t.Fatalf("%s: %d lines in colour, %d without", f.Name, len(colourLines), len(plainLines))
		}
		for i, l := range colourLines {
			if got := strings.TrimRight(restyle(l, Plain), " "); got != plainLines[i] {
				t.Errorf("%s: in colour %q, plain %q", f.Name, got, plainLines[i])
			}
			if last := strings.LastIndex(l, "\x1b["); last >= 0 && !strings.HasPrefix(l[last:], "\x1b[m") {
				t.Errorf("%s: the colour does not end with its line: %q", f.Name, l)
			}
		}
	}
}

func TestReportFitsTheWidth(t *testing.T) {
	for _, f := range reporttest.Fixtures() {
		for _, width := range []int{80, 120, 200} {
			var out bytes.Buffer
			f.Verbose = true
			if err := textOf(f, width, Plain)(&out); err != nil {
				t.Fatal(err)
			}
			checkWidth(t, out.String(), width)
		}
	}
}

func TestOptions(t *testing.T) {
	many, one := reporttest.ManyStreams(), reporttest.Flood()
	for _, test := range []struct {
		name     string
		f        reporttest.Fixture
		opt      Options
		has, not string
	}{
		{"a stream without trouble", many, Options{Stream: new(int64(3))}, "Stream 3 ", "Stalls"},
		{"a stream with a long number", many, Options{Stream: new(int64(164))}, "\nStream 164 10.0.0.9:443", "Stalls"},
		{"no such stream", many, Options{Stream: new(int64(999))}, "there is no stream 999", "Stalls"},
		{"top", many, Options{Top: 2}, "10 more streams stalled", "40034  "},
		{"quiet", one, Options{Quiet: true}, "PROBLEM", "Frames"},
		{"from", one, Options{From: 6 * time.Second}, "Stall", "\n            0 "},
		{"to before the stall", one, Options{To: 3 * time.Second}, "Stream 0", "6 probes (empty)"},
		{"wireshark", one, Options{Wireshark: true}, "tcp.stream eq 0 && frame.number in {184..195}", "frame.number in {0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Write(&out, test.f.Material, test.opt); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), test.has) || strings.Contains(out.String(), test.not) {
				t.Errorf("want %q and not %q in:\n%s", test.has, test.not, &out)
			}
		})
	}
}

func TestWriteError(t *testing.T) {
	if err := Write(&reporttest.FailingWriter{}, reporttest.Flood().Material, Options{}); err == nil {
		t.Error("no error from a failing writer")
	}
}

func TestPercentagesAddUp(t *testing.T) {
	for _, parts := range [][]time.Duration{
		{1, 1, 1}, {1, 1, 1, 1, 1, 1}, {99999, 1}, {0, 0, 7}, {333, 333, 334, 1, 2, 3}, {1 << 61, 1 << 60},
	} {
		var whole time.Duration
		for _, p := range parts {
			whole += p
		}
		sum := 0
		tenths := words.Percentages(parts, whole)
		for i, n := range tenths {
			if sum += n; n < 0 || parts[i] == 0 && n != 0 {
				t.Errorf("%v: %v", parts, tenths)
			}
		}
		if sum != 1000 {
			t.Errorf("%v: %v adds up to %d", parts, tenths, sum)
		}
		bar := 0
		for _, n := range barLengths(tenths, 71) {
			bar += n
		}
		if bar != 71 {
			t.Errorf("%v: the bar has %d characters", parts, bar)
		}
	}
}

func TestBraille(t *testing.T) {
	b := newBraille(2, 2)
	b.column(0, 7, 0)
	b.column(3, 0, 0)
	var got []string
	for row := range 2 {
		line := ""
		for col := range 2 {
			if r := b.at(col, row); r != 0 {
				line += string(r)
			} else {
				line += " "
			}
		}
		got = append(got, line)
	}
	if want := []string{"⡇ ", "⡇⢀"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRealCapturesFitTheWidth writes every capture in several widths. Only lines for the
// user to copy may be wider than the terminal.
func TestRealCapturesFitTheWidth(t *testing.T) {
	for _, file := range reporttest.Captures(t) {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			m := reporttest.Analyze(t, file)
			for _, width := range []int{80, 100, 200} {
				var out bytes.Buffer
				if err := Write(&out, m, Options{Width: width, Verbose: true}); err != nil {
					t.Fatal(err)
				}
				checkWidth(t, out.String(), width)
			}
		})
	}
}

// TestFirstFindingIsReadAtAGlance: at 80 columns, what is most severe takes no more than
// glance lines.
func TestFirstFindingIsReadAtAGlance(t *testing.T) {
	for _, file := range reporttest.Captures(t) {
		var out bytes.Buffer
		if err := Write(&out, reporttest.Analyze(t, file), Options{Width: 80}); err != nil {
			t.Fatal(err)
		}
		var first []string
		for line := range strings.Lines(out.String()) {
			if len(first) > 0 && !strings.HasPrefix(line, "         ") {
				break
			}
			first = append(first, line)
		}
		if len(first) > glance {
			t.Errorf("%s: %d lines, want at most %d:\n%s", file, len(first), glance, strings.Join(first, ""))
		}
	}
}

func checkWidth(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := len([]rune(line)); n > width && !strings.Contains(line, "next") && !strings.Contains(line, "Wireshark: ") {
			t.Errorf("%d columns, want at most %d: %s", n, width, line)
		}
	}
}

// TestTablesAreComplete fails if a severity has no style, or a constant that the report
// puts into words has none.
func TestTablesAreComplete(t *testing.T) {
	if got, want := len(styleSeverity), len(cause.Severities); got != want {
		t.Errorf("%d styles for %d severities", got, want)
	}
	for _, end := range reporttest.Constants(t, "StallEnd") {
		if stallEnds[analyze.StallEnd(end)] == "" {
			t.Errorf("no words for a stall ended by %s", end)
		}
	}
	for _, silence := range reporttest.UntypedConstants(t, "silence") {
		if silenceReasons[silence] == "" {
			t.Errorf("no words for the silence %s", silence)
		}
	}
	for _, h := range reporttest.Constants(t, "Handshake") {
		if handshakes[analyze.Handshake(h)] == "" {
			t.Errorf("no words for the handshake %s", h)
		}
	}
}
