package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A mark says how right an answer is.
type mark string

// The marks, from the best to the worst.
const (
	right     mark = "right"
	silent    mark = "silent" // nothing was said, although there is an answer
	wrong     mark = "wrong"
	wrongHigh mark = "wrong-high" // a wrong cause with high confidence
)

var marks = []mark{right, silent, wrong, wrongHigh}

// A cell is one judged answer.
type cell struct {
	Case, What string
	Mark       mark
	// Error is the difference from the truth in percent, NaN if there is no such number.
	Error      float64
	Said, Want string
}

// judge compares what winwatch says of a labelled stream with its label.
func judge(name string, l *labelledStream, s *streamAnswer) []cell {
	var cells []cell
	add := func(what string, ok bool, said, want string) {
		m := wrong
		if ok {
			m = right
		}
		cells = append(cells, cell{name, what, m, math.NaN(), said, want})
	}
	if s == nil {
		add("cause", false, "no such stream", strings.Join(l.Verdict.Codes, " or "))
		return cells
	}
	v := &s.Verdict
	judgeVerdict(&l.Verdict, s, add)
	if cells[0].Mark == wrong && v.Confidence == "high" {
		cells[0].Mark = wrongHigh
	}
	d := s.in(l.Direction)
	for _, what := range slices.Sorted(maps.Keys(l.Facts)) {
		f, kind := l.Facts[what], factKinds[what]
		cells = append(cells, judgeFact(name, what, &f, &kind, kind.said(s, d))...)
	}
	return cells
}

// judgeVerdict judges the verdict; the cause comes first.
func judgeVerdict(l *labelledVerdict, s *streamAnswer, add func(what string, ok bool, said, want string)) {
	v := &s.Verdict
	oneOf := func(what, said string, want []string) {
		add(what, slices.Contains(want, said), said, strings.Join(want, " or "))
	}
	oneOf("cause", v.Code, l.Codes)
	oneOf("party", v.Party, l.Parties)
	if l.Who != nil {
		oneOf("who", s.who(v), []string{*l.Who})
	}
	oneOf("severity", v.Severity, l.Severity)
	oneOf("confidence", v.Confidence, l.Confidence)
	for _, code := range l.Also {
		named := slices.ContainsFunc(s.Causes, func(c verdictAnswer) bool { return c.Code == code && c.Severity != "ok" })
		add("also "+code, named, fmt.Sprint(named), "true")
	}
}

// judgeFact judges a number, and its bounds on their own where they matter.
func judgeFact(name, what string, f *fact, kind *factKind, e estimate) []cell {
	best := cell{Case: name, What: what, Mark: silent, Error: math.NaN(), Said: e.String(), Want: f.String()}
	bounded := e.Low != nil || e.High != nil
	switch {
	case f.Unknown:
		best.Mark = markOf(e.Value == nil && !bounded)
	case e.Value != nil:
		best.Mark = markOf(f.contains(*e.Value) || f.near(*e.Value, kind.near))
		best.Error = f.off(*e.Value)
	case bounded && !kind.interval:
		best.Mark = markOf(f.meets(e.Low, e.High))
	}
	if !kind.interval || !bounded || f.Unknown {
		return []cell{best}
	}
	within := cell{name, what + " interval", markOf(f.meets(e.Low, e.High)), math.NaN(), interval(e.Low, e.High), f.String()}
	return []cell{best, within}
}

func markOf(ok bool) mark {
	if ok {
		return right
	}
	return wrong
}

// near reports whether n differs from the truth by at most a share of it.
func (f *fact) near(n int64, share float64) bool {
	return f.Value != nil && math.Abs(float64(n-*f.Value)) <= share*float64(*f.Value)
}

// off returns how far n is from the truth, in percent of it.
func (f *fact) off(n int64) float64 {
	if f.Value == nil || *f.Value == 0 {
		return math.NaN()
	}
	return 100 * float64(n-*f.Value) / float64(*f.Value)
}

func (f *fact) String() string {
	if f.Unknown {
		return "unknown"
	}
	if f.Value != nil {
		return fmt.Sprint(*f.Value)
	}
	return interval(f.Low, f.High)
}

func (e estimate) String() string {
	if e.Value != nil {
		return fmt.Sprint(*e.Value)
	}
	return interval(e.Low, e.High)
}

func interval(low, high *int64) string {
	switch {
	case low == nil && high == nil:
		return "–"
	case low == nil:
		return fmt.Sprintf("≤ %d", *high)
	case high == nil:
		return fmt.Sprintf("≥ %d", *low)
	}
	return fmt.Sprintf("%d … %d", *low, *high)
}
