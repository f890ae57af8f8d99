package html

import (
	"fmt"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/words"
	"winwatch/report"
)

// finding is a finding as the page shows it without its script: a verdict on a stream, the
// worst of those that wait for the same at the same place.
type finding struct {
	analyze.Verdict
	// Severity is that of the worst stream.
	Severity cause.Severity
	// All says it of all the streams, if there are several. Told is the number of the
	// stream whose verdict it is, -1 if that is not known.
	All  string
	Told int64
	// Who is the party in words, empty if nobody had to wait.
	Who string
	// Evidence replaces that of the verdict.
	Evidence []evidenceView
}

// evidenceView is a fact that supports a finding.
type evidenceView struct {
	Frame uint64 `json:"frame,omitempty"`
	// At counts from the begin of the capture, in ns. It is nil if the time is unknown.
	At *int64 `json:"at,omitempty"`
	// Clock is the time of day, empty if unknown.
	Clock string `json:"clock,omitempty"`
	Text  string `json:"text"`
	// Link is the address of the moment in the charts.
	Link string `json:"-"`
}

// teller turns findings into what the page shows.
type teller struct {
	clock report.Clock
	begin int64
	span  time.Duration
	// said is the advice that the page gives already.
	said map[string]bool
}

func newTeller(r *analyze.Result) *teller {
	return &teller{clock: report.NewClock(r), begin: r.Begin, span: r.Span, said: map[string]bool{}}
}

// full returns a finding with its evidence, and with the advice that was not given before.
func (t *teller) full(g *analyze.Group) *finding {
	f := t.brief(g)
	if g.Worst == nil {
		return f
	}
	v := &g.Worst.Finding
	f.Evidence, f.Excluded = t.evidence(v), v.Excluded
	for i := range f.Evidence {
		f.Evidence[i].Link = t.link(f.Told, f.Evidence[i].At)
	}
	f.Cure, f.Settle = t.once(v.Cure), t.once(v.Settle)
	return f
}

// brief returns a finding without evidence and advice.
func (t *teller) brief(g *analyze.Group) *finding {
	f := &finding{Severity: g.Severity, Told: -1}
	if g.Worst != nil {
		f.Verdict, f.Told, f.Who = *g.Worst, g.Worst.Stream, who(&g.Worst.Finding)
	}
	if g.Streams > 1 || g.Worst == nil {
		f.All = g.Sentence
	}
	f.Excluded, f.Cure, f.Settle = nil, "", ""
	return f
}

// single returns the verdict on a stream as a finding.
func single(v *analyze.Verdict) *analyze.Group {
	return &analyze.Group{Severity: v.Severity, Streams: 1, Worst: v}
}

// once returns advice that the page does not give yet.
func (t *teller) once(text string) string {
	if t.said[text] {
		return ""
	}
	t.said[text] = true
	return text
}

func who(f *cause.Finding) string {
	if f.Severity == cause.OK {
		return ""
	}
	return f.Party.Words()
}

// evidence returns the facts that support a finding. Only the first time names its zone.
func (t *teller) evidence(f *cause.Finding) []evidenceView {
	var list []evidenceView
	zone := t.clock.Zone
	for i := range f.Evidence {
		e := &f.Evidence[i]
		view := evidenceView{Frame: e.Frame, Clock: t.clock.Time(e.Time), Text: e.Text}
		if view.Clock != "" {
			view.Clock = strings.TrimRight(view.Clock+" "+zone, " ")
			view.At, zone = new(e.Time-t.begin), ""
		}
		list = append(list, view)
	}
	return list
}

// link returns the address that shows a moment in the charts of a stream: a fortieth of the
// capture, at most one second, to either side.
func (t *teller) link(stream int64, at *int64) string {
	if at == nil {
		return ""
	}
	around := max(min(t.span/40, time.Second), time.Millisecond)
	from, to := time.Duration(*at)-around, time.Duration(*at)+around
	return fmt.Sprintf("#stream=%d&from=%.6f&to=%.6f", stream, from.Seconds(), to.Seconds())
}

// causeView is a share of the time of a stream, at least 0.1%.
type causeView struct {
	Code  string `json:"code"`
	Party string `json:"party"`
	Wait  int64  `json:"wait"`
	// Tenths is its share in tenths of a percent.
	Tenths int `json:"tenths"`
	// Sentence is empty for the cause that is the verdict, and for time in which nobody
	// had to wait.
	Sentence string `json:"sentence,omitempty"`
	// From is the sender if the cause is about the direction that the verdict is not about.
	From string `json:"from,omitempty"`
}

func causeViews(st *analyze.Stream) []causeView {
	spans, total := make([]time.Duration, len(st.Causes)), time.Duration(0)
	for i := range st.Causes {
		spans[i] = st.Causes[i].Wait
		total += spans[i]
	}
	var views []causeView
	for i, tenths := range words.Percentages(spans, total) {
		if tenths > 0 {
			views = append(views, newCauseView(st, &st.Causes[i], tenths))
		}
	}
	return views
}

func newCauseView(st *analyze.Stream, f *cause.Finding, tenths int) causeView {
	v := causeView{Code: string(f.Code), Party: f.Party.Words(), Wait: int64(f.Wait), Tenths: tenths}
	if f.Flow != int(st.Verdict.Dir) {
		v.From = st.Dirs[f.Flow].Sender.String()
	}
	if f.Party != cause.Nobody && (v.From != "" || f.Code != st.Verdict.Code) {
		v.Sentence = f.Sentence
	}
	return v
}

// fellView is a cause that was considered, and why it fell.
type fellView struct {
	Code string `json:"code"`
	Why  string `json:"why"`
	// From is as in causeView.
	From string `json:"from,omitempty"`
}

func fellViews(st *analyze.Stream) []fellView {
	views := make([]fellView, len(st.Considered))
	for i, c := range st.Considered {
		views[i] = fellView{Code: string(c.Code), Why: c.Why}
		if c.Flow != int(st.Verdict.Dir) {
			views[i].From = st.Dirs[c.Flow].Sender.String()
		}
	}
	return views
}
