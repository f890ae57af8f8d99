package report

import (
	"bytes"
	"encoding/csv"
	"math"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"winwatch/analyze"
	"winwatch/analyze/words"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

// hostile is text as a stranger would choose it.
const hostile = "=1+1\x1b[2J\x07\u202e\u009b31m\xff\n\r\"'<b>,\u2028"

// hostileFixture has hostile text wherever a result can hold text.
func hostileFixture() fixture {
	f := floodProof()
	st := f.result.Stream(0)
	d := &st.Dirs[0]
	s := &d.Stalls[0]
	s.Blame, s.Unread.Method = hostile, hostile
	s.Probes[1].Silence = hostile
	s.Probes[0].Form = hostile
	d.Window.Scale.Method = hostile
	for _, e := range []*analyze.Estimate{&d.Buffer.Absorbed, &d.Buffer.LargestWindow, &d.Buffer.RcvBuf, &d.Backlog, &d.Reader.Rate} {
		e.Method = hostile
	}
	st.Warnings = []analyze.Warning{{Code: hostile, Text: hostile}}
	f.result.Warnings = st.Warnings
	v := &st.Verdict
	v.Code, v.Sentence, v.Confidence, v.Because, v.Command = hostile, hostile, "high", hostile, hostile
	f.result.Verdicts = []analyze.Verdict{*v}
	p := f.outside.Proof
	p.Withheld = hostile
	for i := range p.Rows {
		p.Rows[i].Name, p.Rows[i].Method, p.Rows[i].Source = hostile, hostile, hostile
	}
	p.Accepted.Explanation = hostile
	w := f.outside.Witness
	w.Blocked.Syscall, w.Blocked.Wchan, w.Blocked.Stack = hostile, hostile, []string{hostile}
	w.Findings = []kernel.Finding{{Claim: hostile, Evidence: hostile}}
	w.Readings[0].Sender.State = hostile
	f.options = TextOptions{Verbose: true, Wireshark: true}
	return f
}

// TestLargestCount: counts are shown without a sign, whatever a file claims.
func TestLargestCount(t *testing.T) {
	r := &analyze.Result{}
	r.SetStreams(nil)
	r.Input.Frames, r.Input.Noted[capture.KernelDrops] = 1, math.MaxUint64
	var out bytes.Buffer
	if err := Text(&out, r, nil, nil, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	const want = "18,446,744,073,709,551,615: packet dropped by the kernel"
	for _, text := range []string{out.String(), page(t, &HTMLPage{Result: r})} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%.2000s", want, text)
		}
	}
}

func TestTextCannotSteerTheTerminal(t *testing.T) {
	f := hostileFixture()
	for _, width := range []int{80, 200} {
		var out bytes.Buffer
		if err := textOf(f, width, LookPlain)(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), `\x1b[2J`) {
			t.Errorf("the text is gone instead of escaped:\n%s", &out)
		}
		for _, r := range out.String() {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0xfffd || r == 0x2028) {
				t.Fatalf("%q reached the terminal", r)
			}
		}
	}
}

// TestCSVCannotCarryFormulas: no field may begin as a formula does, but for
// negative numbers, and none may break a row.
func TestCSVCannotCarryFormulas(t *testing.T) {
	f := hostileFixture()
	var out bytes.Buffer
	if err := EventsCSV(&out, f.result); err != nil {
		t.Fatal(err)
	}
	k := NewKernelCSV(&out)
	k.Add(&kernel.Sample{Client: kernel.SocketState{State: hostile}})
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(&out)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, row := range rows {
		for _, field := range row {
			found = found || strings.Contains(field, "1+1")
			if field != "" && strings.ContainsRune("=+@\t\r", rune(field[0])) || strings.HasPrefix(field, "-") && strings.ContainsAny(field, "=()!") {
				t.Errorf("a spreadsheet computes %q", field)
			}
			if strings.ContainsFunc(field, unicode.IsControl) {
				t.Errorf("control characters in %q", field)
			}
		}
	}
	if !found {
		t.Error("the hostile text did not get as far as the CSV: nothing was tested")
	}
}

func TestAppendText(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""}, {"plain words", "plain words"}, {"a,b", `"a,b"`}, {`say "no"`, `"say ""no"""`},
		{"=SUM(A1)", `"'=SUM(A1)"`}, {"-1", `"'-1"`}, {"+1", `"'+1"`}, {"@x", `"'@x"`}, {"\t=1", " =1"},
		{"two\nlines\r", "two lines "}, {"＝1", `"'＝1"`}, {"\x1b[31m", " [31m"}, {"a\u009bx", "a x"},
	} {
		if got := string(appendText(nil, test.text)); got != test.want {
			t.Errorf("%q gives %s, want %s", test.text, got, test.want)
		}
	}
}

func TestEventsCSVIsRectangular(t *testing.T) {
	for _, f := range fixtures() {
		var out bytes.Buffer
		if err := EventsCSV(&out, f.result); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll() // fails on a row of another length
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		stalls, probes := 0, 0
		for _, row := range rows[1:] {
			switch row[0] {
			case "stall":
				stalls++
			case "probe":
				probes++
			}
		}
		if int64(stalls) != f.result.Stalls || int64(probes) != f.result.Probes {
			t.Errorf("%s: %d stalls and %d probes, want %d and %d", f.name, stalls, probes, f.result.Stalls, f.result.Probes)
		}
	}
}

// TestLooks: through a pipe there is no escape sequence, and NO_COLOR leaves no
// colour.
func TestLooks(t *testing.T) {
	colours := regexp.MustCompile(`\x1b\[[^m]*3[0-9]`)
	for look, want := range map[Look]struct{ escapes, colour bool }{
		LookPlain: {false, false}, LookMono: {true, false}, LookColour: {true, true},
	} {
		for _, f := range fixtures() {
			var out bytes.Buffer
			if err := textOf(f, 100, look)(&out); err != nil {
				t.Fatal(err)
			}
			escapes, colour := strings.Contains(out.String(), "\x1b"), colours.MatchString(out.String())
			if f.name != "empty" && (escapes != want.escapes || colour != want.colour) {
				t.Errorf("%s, look %d: escapes %v, colour %v", f.name, look, escapes, colour)
			}
		}
	}
}

// TestTextSaysTheSameInColour: colour adds nothing to the words, and every line
// ends as it began.
func TestTextSaysTheSameInColour(t *testing.T) {
	for _, f := range fixtures() {
		var plain, colour bytes.Buffer
		if err := textOf(f, 100, LookPlain)(&plain); err != nil {
			t.Fatal(err)
		}
		if err := textOf(f, 100, LookColour)(&colour); err != nil {
			t.Fatal(err)
		}
		plainLines, colourLines := strings.Split(plain.String(), "\n"), strings.Split(colour.String(), "\n")
		if len(plainLines) != len(colourLines) {
			t.Fatalf("%s: %d lines in colour, %d without", f.name, len(colourLines), len(plainLines))
		}
		for i, l := range colourLines {
			if got := strings.TrimRight(restyle(l, LookPlain), " "); got != plainLines[i] {
				t.Errorf("%s: in colour %q, plain %q", f.name, got, plainLines[i])
			}
			if last := strings.LastIndex(l, "\x1b["); last >= 0 && !strings.HasPrefix(l[last:], "\x1b[m") {
				t.Errorf("%s: a colour runs out of its line: %q", f.name, l)
			}
		}
	}
}

func TestTextFitsTheWidth(t *testing.T) {
	for _, f := range fixtures() {
		for _, width := range []int{80, 120, 200} {
			var out bytes.Buffer
			f.options.Verbose = true
			if err := textOf(f, width, LookPlain)(&out); err != nil {
				t.Fatal(err)
			}
			checkWidth(t, out.String(), width)
		}
	}
}

func TestTextOptions(t *testing.T) {
	many, one := manyStreams(), flood()
	for _, test := range []struct {
		name     string
		f        fixture
		opt      TextOptions
		has, not string
	}{
		{"a stream that is fine", many, TextOptions{Stream: ptr[int64](3)}, "Stream 3 ", "Stalls"},
		{"a stream with a long number", many, TextOptions{Stream: ptr[int64](164)}, "\nStream 164 10.0.0.9:443", "Stalls"},
		{"a stream that is not there", many, TextOptions{Stream: ptr[int64](999)}, "there is no stream 999", "Stalls"},
		{"top", many, TextOptions{Top: 2}, "10 more streams stalled", "40034  "},
		{"quiet", one, TextOptions{Quiet: true}, "PROBLEM", "Frames"},
		{"from", one, TextOptions{From: 6 * time.Second}, "Stall", "\n            0 "},
		{"to before the stall", one, TextOptions{To: 3 * time.Second}, "Stream 0", "6 probes (empty)"},
		{"wireshark", one, TextOptions{Wireshark: true}, "tcp.stream eq 0 && frame.number in {183..185, 187, 188, 190, 192, 194}", "frame.number in {0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Text(&out, test.f.result, test.f.tl, nil, test.opt); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), test.has) || strings.Contains(out.String(), test.not) {
				t.Errorf("want %q and not %q in:\n%s", test.has, test.not, &out)
			}
		})
	}
}

func TestTextKeepsTheError(t *testing.T) {
	f := flood()
	if err := Text(&failingWriter{}, f.result, f.tl, nil, TextOptions{}); err == nil {
		t.Error("no error from a writer that fails")
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

func TestDisplayFilter(t *testing.T) {
	for _, test := range []struct {
		frames []uint64
		want   string
	}{
		{nil, "tcp.stream eq 3"},
		{[]uint64{0}, "tcp.stream eq 3"},
		{[]uint64{7}, "tcp.stream eq 3 && frame.number in {7}"},
		{[]uint64{9, 7, 7, 0}, "tcp.stream eq 3 && frame.number in {7, 9}"},
		{[]uint64{1, 2, 4, 5, 6, 9}, "tcp.stream eq 3 && frame.number in {1, 2, 4..6, 9}"},
	} {
		if got := displayFilter(3, test.frames); got != test.want {
			t.Errorf("%v: %s, want %s", test.frames, got, test.want)
		}
	}
}

// TestDisplayFilterInTshark pastes filters into the real thing.
func TestDisplayFilterInTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	for _, frames := range [][]uint64{{183}, {183, 185}, {1, 2, 3, 4, 180, 190, 191, 192}} {
		filter := displayFilter(0, frames)
		out, err := exec.Command(tshark, "-r", "../analyze/testdata/seed-flood.pcap", "-Y", filter, "-T", "fields", "-e", "frame.number").CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", filter, err, out)
		}
		got := 0
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); line != "" && strings.Trim(line, "0123456789") == "" {
				got++
			}
		}
		if got != len(frames) {
			t.Errorf("%s shows %d frames, want %d: %s", filter, got, len(frames), out)
		}
	}
}

func TestTimeTicks(t *testing.T) {
	for _, test := range []struct {
		first, last time.Duration
		want        string
	}{
		{0, 19 * time.Second, "0 5 10 15 s"},
		{0, 900 * time.Microsecond, "0 200 400 600 800 µs"},
		{0, 1300 * time.Millisecond, "0 500 1000 ms"},
		{2 * time.Second, 5 * time.Second, "2 3 4 5 s"},
		{0, 30 * time.Minute, "0 10 20 30 min"},
		{-90 * time.Second, 90 * time.Second, "-50 0 50 s"},
		{0, 200 * time.Hour, "0 50 100 150 200 h"},
		{5, 5, "s"},
	} {
		ticks, unit := timeTicks(int64(test.first), int64(test.last), 5)
		var got []string
		for _, tk := range ticks {
			got = append(got, tk.label)
		}
		if text := strings.Join(append(got, unit), " "); text != test.want && test.first != test.last {
			t.Errorf("%v to %v: %s, want %s", test.first, test.last, text, test.want)
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
