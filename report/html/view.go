package html

import (
	"cmp"
	"slices"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/words"
	"winwatch/report"
)

// The maximum that the page shows of one stream; if there are more, it says how many.
const (
	maxStalls = 200
	maxProbes = 2000
)

// streamRow is a row of the table of streams. Its keys are short because there are
// thousands of rows.
type streamRow struct {
	ID       int64  `json:"i"`
	Client   string `json:"c"`
	Server   string `json:"s"`
	Severity string `json:"v"`
	Code     string `json:"k"`
	Sentence string `json:"t"`
	// Wait is the time lost to the cause. Begin and End count from the begin of the capture. All in ns.
	Stalls  int64 `json:"n"`
	Wait    int64 `json:"w"`
	Longest int64 `json:"l"`
	Probes  int64 `json:"p"`
	Resent  int64 `json:"r"`
	Bytes   int64 `json:"b"`
	Begin   int64 `json:"f"`
	End     int64 `json:"e"`
}

func newStreamRow(r *analyze.Result, st *analyze.Stream) streamRow {
	row := streamRow{
		ID: st.ID, Client: st.Client.String(), Server: st.Server.String(),
		Severity: st.Verdict.Severity.String(), Code: string(st.Verdict.Code), Sentence: st.Verdict.Sentence,
		Wait: int64(st.Verdict.Wait), Begin: st.Begin - r.Begin, End: st.End - r.Begin,
	}
	for i := range st.Dirs {
		d := &st.Dirs[i]
		row.Stalls += d.StallCount
		row.Probes += int64(d.Probes)
		row.Resent += int64(d.Retransmissions)
		row.Bytes += d.Bytes
	}
	return row
}

// streamView is the page's data about one stream, apart from its points. Times are
// nanoseconds since the begin of the capture.
type streamView struct {
	ID       int64       `json:"id"`
	Client   string      `json:"client"`
	Server   string      `json:"server"`
	Segments uint64      `json:"segments"`
	Dir      int         `json:"dir"`
	Verdict  verdictView `json:"verdict"`
	// Causes explain the time of the stream, the longest first; Fell are those that do not.
	Causes   []causeView `json:"causes"`
	Fell     []fellView  `json:"fell"`
	Facts    []fact      `json:"facts"`
	Warnings []string    `json:"warnings"`
	Dirs     [2]dirView  `json:"dirs"`
	// Points is the number of points that follow in columns, Origin the time of the
	// first, Unit the ns per tick of their time column. Left reports whether segments
	// were left out.
	Points int   `json:"points"`
	Origin int64 `json:"origin"`
	Unit   int64 `json:"unit"`
	Left   bool  `json:"left"`
}

// verdictView is a verdict in the words of the JSON report.
type verdictView struct {
	Severity   string         `json:"severity"`
	Who        string         `json:"who"`
	Sentence   string         `json:"sentence"`
	Confidence string         `json:"confidence"`
	Because    string         `json:"because,omitempty"`
	Evidence   []evidenceView `json:"evidence"`
	Excluded   []string       `json:"excluded"`
	Cure       string         `json:"cure,omitempty"`
	Settle     string         `json:"settle,omitempty"`
	Host       string         `json:"host,omitempty"`
	Command    string         `json:"command,omitempty"`
}

type dirView struct {
	Sender     string      `json:"sender"`
	Receiver   string      `json:"receiver"`
	ScaleKnown bool        `json:"scaleKnown"`
	StallCount int64       `json:"stallCount"`
	StallTime  int64       `json:"stallTime"`
	Stalls     []stallView `json:"stalls"`
	Facts      []fact      `json:"facts"`
}

type stallView struct {
	Begin      int64       `json:"begin"`
	End        int64       `json:"end"`
	Duration   int64       `json:"duration"`
	BeginFrame uint64      `json:"beginFrame"`
	EndFrame   uint64      `json:"endFrame"`
	EndedBy    string      `json:"endedBy"`
	Before     bool        `json:"before"`
	Unread     string      `json:"unread"`
	UnreadHow  string      `json:"unreadHow"`
	Released   *int64      `json:"released"`
	Backoff    float64     `json:"backoff"`
	Blame      string      `json:"blame"`
	ProbeCount int64       `json:"probeCount"`
	Probes     []probeView `json:"probes"`
}

type probeView struct {
	Frame  uint64 `json:"frame"`
	Time   int64  `json:"time"`
	Gap    int64  `json:"gap"`
	Form   string `json:"form"`
	Len    uint32 `json:"len"`
	Answer uint64 `json:"answer"`
	// Took is the time to the answer.
	Took    int64  `json:"took"`
	Silence string `json:"silence"`
}

func (t *teller) verdictView(f *cause.Finding) verdictView {
	view := verdictView{
		Severity: f.Severity.String(), Who: who(f), Sentence: f.Sentence, Confidence: string(f.Confidence), Because: f.Because,
		Evidence: t.evidence(f), Excluded: f.Excluded, Cure: f.Cure, Settle: f.Settle, Command: f.Command,
	}
	if f.Host.IsValid() {
		view.Host = f.Host.String()
	}
	return view
}

// newStreamView describes a stream of a capture.
func newStreamView(st *analyze.Stream, r *analyze.Result) *streamView {
	v := &streamView{
		ID: st.ID, Client: st.Client.String(), Server: st.Server.String(), Segments: st.Segments,
		Dir: int(st.Verdict.Dir), Verdict: newTeller(r).verdictView(&st.Verdict.Finding),
		Causes: causeViews(st), Fell: fellViews(st), Facts: streamFacts(st),
	}
	for _, w := range st.Warnings {
		v.Warnings = append(v.Warnings, w.Text)
	}
	for dir := range analyze.Dir(2) {
		v.Dirs[dir] = newDirView(&st.Dirs[dir], r.Begin)
	}
	return v
}

func newDirView(d *analyze.Direction, begin int64) dirView {
	v := dirView{
		Sender: d.Sender.String(), Receiver: d.Receiver.String(),
		ScaleKnown: d.Window.Scale.State != analyze.ScaleUnknown,
		StallCount: d.StallCount, StallTime: int64(d.StallTime), Facts: dirFacts(d),
	}
	probes := maxProbes
	for _, s := range longestStalls(d.Stalls) {
		v.Stalls = append(v.Stalls, newStallView(s, &probes, begin))
	}
	return v
}

// longestStalls returns the maxStalls longest stalls in order of time.
func longestStalls(stalls []analyze.Stall) []*analyze.Stall {
	longest := make([]*analyze.Stall, len(stalls))
	for i := range stalls {
		longest[i] = &stalls[i]
	}
	if len(longest) > maxStalls {
		slices.SortStableFunc(longest, func(a, b *analyze.Stall) int { return cmp.Compare(b.Duration, a.Duration) })
		longest = longest[:maxStalls]
		slices.SortStableFunc(longest, func(a, b *analyze.Stall) int { return cmp.Compare(a.Begin, b.Begin) })
	}
	return longest
}

func newStallView(s *analyze.Stall, probes *int, begin int64) stallView {
	v := stallView{
		Begin: s.Begin - begin, End: s.End - begin, Duration: int64(s.Duration),
		BeginFrame: s.BeginFrame, EndFrame: s.EndFrame, EndedBy: string(s.EndedBy), Before: s.BeganBeforeCapture,
		Unread: cmp.Or(report.Estimated(&s.Unread, words.Size), "unknown"), UnreadHow: s.Unread.Method(),
		Released: s.Released, Backoff: s.Backoff, Blame: s.Blame, ProbeCount: s.ProbeCount,
	}
	for i := range s.Probes[:min(len(s.Probes), *probes)] {
		p := &s.Probes[i]
		pv := probeView{
			Frame: p.Frame, Time: p.Time - begin, Gap: int64(p.Gap), Form: string(p.Form), Len: p.Len,
			Answer: p.AnswerFrame, Silence: p.Silence,
		}
		if p.AnswerFrame != 0 {
			pv.Took = p.AnswerTime - p.Time
		}
		v.Probes = append(v.Probes, pv)
	}
	*probes -= len(v.Probes)
	return v
}
