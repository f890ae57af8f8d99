package main

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze/cause"
)

// TestAccuracy: no answer about a labelled capture is worse than the committed one, and
// no wrong cause is said with high confidence unless the committed answers have it.
func TestAccuracy(t *testing.T) {
	t.Chdir("../..")
	labels, err := readLabels(labelsDir)
	if err != nil {
		t.Fatal(err)
	}
	old, err := readBaseline(baselineFile)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := judgeAll(labels)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range old.worse(cells) {
		t.Error(line)
	}
	for _, c := range pick(cells, "cause") {
		if _, known := old[[2]string{c.Case, c.What}]; !known {
			t.Errorf("%s: not in %s: run make accuracy", c.Case, baselineFile)
		}
	}
}

// TestLabels: labels name what there is, and their parts agree.
func TestLabels(t *testing.T) {
	labels, err := readLabels("../../" + labelsDir)
	if err != nil || len(labels) == 0 {
		t.Fatalf("%d labels, %v", len(labels), err)
	}
	names := map[string]bool{}
	for i := range labels {
		l := &labels[i]
		if names[l.Name] {
			t.Errorf("%s: two labels have this name", l.Name)
		}
		names[l.Name] = true
		for _, c := range l.Captures {
			if found, _ := filepath.Glob(c); len(found) != 1 {
				t.Errorf("%s: no capture %s", l.Name, c)
			}
		}
		for j := range l.Streams {
			checkStream(t, l.caseName(j), &l.Streams[j])
		}
	}
}

func checkStream(t *testing.T, name string, l *labelledStream) {
	v := &l.Verdict
	var parties []string
	for _, code := range slices.Concat(v.Codes, v.Also) {
		if partyOf[code] == "" {
			t.Errorf("%s: no cause has the code %q", name, code)
		}
	}
	for _, code := range v.Codes {
		parties = append(parties, partyOf[code])
	}
	if !slices.Equal(unique(parties), slices.Sorted(slices.Values(v.Parties))) {
		t.Errorf("%s: parties %q, but the causes are of %q", name, v.Parties, parties)
	}
	if v.Who != nil && *v.Who != l.Client && *v.Who != l.Server {
		t.Errorf("%s: %s is no end of the connection", name, *v.Who)
	}
	for _, s := range v.Severity {
		if !slices.Contains(cause.Severities[:], s) {
			t.Errorf("%s: no severity %q", name, s)
		}
	}
	if v.From == "" || len(v.Codes) == 0 || len(v.Severity) == 0 || len(v.Confidence) == 0 {
		t.Errorf("%s: the verdict lacks an answer, or where it is known from", name)
	}
	for what, f := range l.Facts {
		if _, ok := factKinds[what]; !ok || f.From == "" {
			t.Errorf("%s: fact %q is not known, or it does not say where it is known from", name, what)
		}
		if f.Value != nil && !f.contains(*f.Value) {
			t.Errorf("%s: the %s is not within its bounds", name, what)
		}
	}
}

func TestJudgeFact(t *testing.T) {
	n := func(n int64) *int64 { return &n }
	exact := &fact{Value: n(1000), Low: n(1000), High: n(1000)}
	for _, tc := range []struct {
		name  string
		f     *fact
		kind  factKind
		e     estimate
		marks string // of the best estimate and of the bounds
	}{
		{"exact", exact, factKind{}, exactly(1000), "right"},
		{"off by one", exact, factKind{}, exactly(1001), "wrong"},
		{"near enough", exact, factKind{near: 0.15}, exactly(1150), "right"},
		{"too far", exact, factKind{near: 0.15}, exactly(1151), "wrong"},
		{"nothing said", exact, factKind{}, estimate{}, "silent"},
		{"bounds hold it", exact, factKind{}, estimate{Low: n(900), High: n(1000)}, "right"},
		{"bounds miss it", exact, factKind{}, estimate{High: n(999)}, "wrong"},
		{"bounds beside the best", exact, factKind{near: 0.15, interval: true}, estimate{n(1100), n(1050), n(1200)}, "right wrong"},
		{"bounds without a best", exact, factKind{near: 0.15, interval: true}, estimate{nil, n(900), n(1200)}, "silent right"},
		{"bound in the label", &fact{High: n(10)}, factKind{}, exactly(10), "right"},
		{"bound in the label passed", &fact{High: n(10)}, factKind{}, exactly(11), "wrong"},
		{"nothing to say", &fact{Unknown: true}, factKind{}, estimate{}, "right"},
		{"said what nobody knows", &fact{Unknown: true}, factKind{interval: true}, estimate{Low: n(1)}, "wrong"},
	} {
		var got []string
		for _, c := range judgeFact("", "", tc.f, &tc.kind, tc.e) {
			got = append(got, string(c.Mark))
		}
		if s := strings.Join(got, " "); s != tc.marks {
			t.Errorf("%s: %s, want %s", tc.name, s, tc.marks)
		}
	}
}

func TestJudgeVerdict(t *testing.T) {
	who := "10.0.0.2:80"
	l := &labelledStream{Direction: "client-to-server", Verdict: labelledVerdict{Codes: []string{"receiver-slow", "receiver-no-update"},
		Parties: []string{"receiving-application", "receiving-host"}, Who: &who, Severity: []string{"problem"},
		Confidence: []string{"medium"}, Also: []string{"path-loss"}}}
	s := &streamAnswer{Directions: []directionAnswer{{Direction: "client-to-server", Receiver: endpoint{"10.0.0.2", 80}}},
		Verdict: verdictAnswer{Direction: "client-to-server", Severity: "problem", Code: "receiver-slow", Party: "receiving-application", Confidence: "medium"},
		Causes:  []verdictAnswer{{Code: "path-loss", Severity: "note"}}}
	for _, c := range judge("", l, s) {
		if c.Mark != right {
			t.Errorf("%s: %s (%s, want %s)", c.What, c.Mark, c.Said, c.Want)
		}
	}
	s.Verdict.Code, s.Verdict.Confidence, s.Causes, s.Directions = "ok", "high", nil, nil
	bad := map[string]mark{"cause": wrongHigh, "party": right, "who": wrong, "severity": right, "confidence": wrong, "also path-loss": wrong}
	for _, c := range judge("", l, s) {
		if c.Mark != bad[c.What] {
			t.Errorf("%s: %s, want %s", c.What, c.Mark, bad[c.What])
		}
	}
}

func TestWorse(t *testing.T) {
	old := func(m mark, e float64) baseline {
		return baseline{{"a", "cause"}: {Case: "a", What: "cause", Mark: m, Error: e}}
	}
	none := math.NaN()
	for _, tc := range []struct {
		name  string
		old   baseline
		now   cell
		worse bool
	}{
		{"the same", old(wrong, none), cell{Case: "a", What: "cause", Mark: wrong, Error: none}, false},
		{"better", old(wrongHigh, none), cell{Case: "a", What: "cause", Mark: wrong, Error: none}, false},
		{"wrong now", old(right, none), cell{Case: "a", What: "cause", Mark: wrong, Error: none}, true},
		{"high now", old(wrong, none), cell{Case: "a", What: "cause", Mark: wrongHigh, Error: none}, true},
		{"the error grows", old(right, -1), cell{Case: "a", What: "cause", Mark: right, Error: 1.6}, true},
		{"the error changes sign", old(right, -1), cell{Case: "a", What: "cause", Mark: right, Error: 1.2}, false},
		{"not said any more", old(right, none), cell{Case: "a", What: "party", Mark: right, Error: none}, true},
		{"new and wrong", baseline{}, cell{Case: "a", What: "cause", Mark: wrong, Error: none}, false},
		{"new and wrong with high confidence", baseline{}, cell{Case: "a", What: "cause", Mark: wrongHigh, Error: none}, true},
	} {
		if lines := tc.old.worse([]cell{tc.now}); (len(lines) > 0) != tc.worse {
			t.Errorf("%s: %q", tc.name, lines)
		}
	}
}

// TestBaselineFile: what is written is what is read.
func TestBaselineFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baseline.tsv")
	cells := []cell{{"a", "cause", right, math.NaN(), "x", "x or y"}, {"a", "wait_ns", wrong, -12.5, "1", "2"}}
	if err := writeBaseline(file, cells); err != nil {
		t.Fatal(err)
	}
	b, err := readBaseline(file)
	if err != nil || len(b) != 2 || b[[2]string{"a", "wait_ns"}] != cells[1] || b[[2]string{"a", "cause"}].Want != "x or y" {
		t.Errorf("%+v, %v", b, err)
	}
}
