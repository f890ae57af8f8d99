package text

import (
	"fmt"
	"strconv"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
)

// maxGaps is the most gaps between probes that are listed.
const maxGaps = 12

// probes summarizes the probes of a stall: their number, forms and gaps, which had no
// answer, and when the next one is due.
func (t *writer) probes(s *analyze.Stall) {
	if s.ProbeCount == 0 {
		return
	}
	counted := words.Counted(s.ProbeCount, "probe")
	if len(s.Probes) > 0 { // memory may have run out
		counted += fmt.Sprintf(" (%s), %s", forms(s.Probes), gaps(s.Probes))
	}
	if s.Backoff > 0 {
		counted += ", each " + strconv.FormatFloat(s.Backoff, 'f', 2, 64) + " × the last"
	}
	t.sentence(append([]string{counted}, silences(s.Probes)...))
	if s.NextProbeDue != nil {
		t.section("", fmt.Sprintf("next probe due at %s: the longest wait if the window update gets lost", t.elapsed(*s.NextProbeDue)))
	}
}

func (t *writer) sentence(facts []string) {
	if len(facts) > 0 {
		t.section("", strings.Join(facts, "; "))
	}
}

// forms returns the forms of the probes, each once.
func forms(probes []analyze.Probe) string {
	var names []string
	seen := map[analyze.ProbeForm]bool{}
	for i := range probes {
		if f := probes[i].Form; !seen[f] {
			seen[f] = true
			names = append(names, string(f))
		}
	}
	return strings.Join(names, ", ")
}

// gaps lists the gaps in seconds; if there are too many, the first and the last.
func gaps(probes []analyze.Probe) string {
	if len(probes) == 1 {
		return "gap " + words.Seconds(probes[0].Gap) + " s"
	}
	var out []string
	for i := range probes {
		switch {
		case len(probes) <= maxGaps, i < maxGaps/2, i >= len(probes)-maxGaps/2:
			out = append(out, words.Seconds(probes[i].Gap))
		case i == maxGaps/2:
			out = append(out, "…")
		}
	}
	return "gaps " + strings.Join(out, " ") + " s"
}

// silenceReasons explains the values of Probe.Silence.
var silenceReasons = map[string]string{
	"rate-limited":      ", as from a receiver that answers at most once per 500 ms",
	"answered-together": ", but the next one followed at once and was answered",
	"not-due":           ": none was due, since an empty segment at the edge of the window is acceptable",
	"peer-silent":       ": the receiver is silent",
	"capture-ended":     ", because the capture ended",
}

// silences lists the probes that had no answer, with the reason.
func silences(probes []analyze.Probe) []string {
	var order []string
	frames := map[string][]string{}
	for i := range probes {
		p := &probes[i]
		if p.AnswerFrame != 0 {
			continue
		}
		if frames[p.Silence] == nil {
			order = append(order, p.Silence)
		}
		frames[p.Silence] = append(frames[p.Silence], strconv.FormatUint(p.Frame, 10))
	}
	var out []string
	for _, silence := range order {
		list, word := frames[silence], "frame "
		if len(list) > 1 {
			word = "frames "
		}
		if len(list) > 6 {
			list = append(list[:6:6], "…")
		}
		out = append(out, "no answer to "+word+strings.Join(list, ", ")+silenceReasons[silence])
	}
	return out
}
