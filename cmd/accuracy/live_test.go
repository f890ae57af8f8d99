package main

import (
	"slices"
	"testing"

	"winwatch/analyze/cause"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
)

// TestScenariosHaveKeys: every experiment says what it teaches and sets up, and expects
// causes that there are. Without that, it would be run and not judged.
func TestScenariosHaveKeys(t *testing.T) {
	for _, s := range experiment.Scenarios() {
		if !slices.Contains(experiment.Lessons(), s.Teaches) {
			t.Errorf("%s teaches %q, which no list shows", s.Name, s.Teaches)
		}
		e := &s.Expected
		if e.SetUp == "" || len(e.Causes) == 0 || e.Void != "" || e.Limit > kernel.LimitApplication {
			t.Errorf("%s expects %+v", s.Name, e)
		}
		for _, c := range e.Causes {
			if !slices.Contains(cause.Codes(), cause.Code(c)) || partyOf[c] == "" {
				t.Errorf("%s: no cause has the code %q", s.Name, c)
			}
		}
	}
}

func TestScenarioLabel(t *testing.T) {
	for code, want := range map[string][]string{
		"receiver-slow": {"problem", "warning"}, "ok": {"ok"}, "delayed-ack": {"note", "problem", "warning"},
	} {
		if l := scenarioLabel([]string{code}); !slices.Equal(l.Verdict.Severity, want) || !slices.Equal(l.Verdict.Parties, []string{partyOf[code]}) {
			t.Errorf("%s: %+v", code, l.Verdict)
		}
	}
	if l := scenarioLabel([]string{"receiver-slow", "receiver-not-reading"}); len(l.Verdict.Parties) != 1 || len(l.Verdict.Severity) != 2 {
		t.Errorf("two causes of one party: %+v", l.Verdict)
	}
}

// TestJudgeLimit: a limit that the kernel contradicts is wrong, one that it does not know
// is not said, and where any is right, there is nothing to judge.
func TestJudgeLimit(t *testing.T) {
	window, network := "window", "network"
	for _, tt := range []struct {
		limit, expected *string
		marks           []mark
	}{
		{&window, &window, []mark{right}}, {&network, &window, []mark{wrong}}, {nil, &window, []mark{silent}}, {&window, nil, nil},
	} {
		var got []mark
		for _, c := range judgeLimit("run/x", &proofCause{Limit: tt.limit, ExpectedLimit: tt.expected}) {
			got = append(got, c.Mark)
		}
		if !slices.Equal(got, tt.marks) {
			t.Errorf("%v, want %v", got, tt.marks)
		}
	}
}
