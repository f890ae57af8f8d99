package cause

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"winwatch/capture/words"
)

// Judgement is the part of a verdict that ranking needs.
type Judgement struct {
	Severity Severity
	Code     Code
	Party    Party
	Flow     int
	Wait     time.Duration
	// Begin and End are the times between which the sender waited, 0 if unknown.
	Begin, End int64
}

// judged are the claims of all causes in both directions.
type judged struct {
	cases  [2]Case
	claims [2][len(table)]Claim
}

// spare holds what the causes work on, which is large, for the next stream.
var spare = sync.Pool{New: func() any { return new(judged) }}

// Judge returns the verdict on a stream without explaining it.
func (c *Catalogue) Judge(f *Facts) Judgement {
	if dir := f.Main(); f.quiet() {
		return Judgement{Code: healthy.code, Party: healthy.party, Flow: dir}
	}
	j := spare.Get().(*judged)
	defer spare.Put(j)
	j.claim(&c.limits, f)
	dir, i := j.worst(&c.limits, f)
	return j.judgement(dir, i)
}

// quiet reports whether nothing happened that any cause could explain but those that
// cost nobody time.
func (f *Facts) quiet() bool {
	for dir := range f.Flows {
		d := &f.Flows[dir]
		if d.Bytes != 0 || d.StallCount != 0 || d.Spent[Unjudged] != 0 || d.Rewrite.After.Frame != 0 {
			return false
		}
	}
	return !f.Refused && !f.Unanswered && !f.OneSided && !f.Renumbered
}

// claim lets all causes take their time, in both directions.
func (j *judged) claim(l *Limits, f *Facts) {
	for dir := range j.cases {
		x := &j.cases[dir]
		x.begin(l, f, dir)
		claims := &j.claims[dir]
		clear(claims[:])
		first := 0
		if x.void() {
			first = leftOver
		}
		for i, c := range table[first:] {
			x.taker = c
			if claim := c.claim(x); claim.Time > 0 || claim.Stands { // a claim is large to copy
				claims[first+i] = claim
			}
		}
	}
}

// worst returns the direction and the index of the cause that is the verdict: of the
// most severe causes, the one that explains most time. If no cause cost anybody time,
// it is the first that stands in the main direction, or the last of the table.
func (j *judged) worst(l *Limits, f *Facts) (dir, cause int) {
	dir, cause = f.Main(), len(table)-1
	found := Claim{}
	for d := range j.claims {
		for i := range j.claims[d] {
			x := &j.claims[d][i]
			if x.finding(l) && cmp.Or(cmp.Compare(x.Severity, found.Severity), cmp.Compare(x.Time, found.Time)) > 0 {
				found, dir, cause = *x, d, i
			}
		}
	}
	if found.Severity == OK {
		if i := slices.IndexFunc(j.claims[dir][:], func(c Claim) bool { return c.Stands }); i >= 0 {
			cause = i
		}
	}
	return dir, cause
}

// finding reports whether a claim is one that a person could notice.
func (c *Claim) finding(l *Limits) bool { return c.Severity > OK && (c.Stands || c.Time >= l.Notice) }

func (j *judged) judgement(dir, i int) Judgement {
	x := &j.claims[dir][i]
	out := Judgement{Code: table[i].code, Party: table[i].party, Flow: dir, Severity: x.Severity, Wait: x.Time, Begin: x.Begin, End: x.End}
	if table[i] == &healthy {
		out.Wait = 0
	}
	return out
}

// Explain judges a stream and explains its time.
func (c *Catalogue) Explain(f *Facts) Diagnosis {
	j := spare.Get().(*judged)
	defer spare.Put(j)
	l := &c.limits
	j.claim(l, f)
	dir, i := j.worst(l, f)
	out := Diagnosis{Verdict: j.explain(l, dir, i)}
	if table[i] == &healthy {
		out.Verdict.Wait = 0
	}
	for k, c := range table {
		if j.claims[dir][k].Time == 0 {
			continue
		}
		f := j.explain(l, dir, k)
		if c == &healthy {
			f.Sentence = fmt.Sprintf("for %s, nobody waited in a way that a person could notice", words.Duration(f.Wait))
		}
		out.Causes = append(out.Causes, f)
	}
	out.Causes = append(out.Causes, j.others(l, 1-dir, out.Causes)...)
	out.Causes = slices.DeleteFunc(out.Causes, func(f Finding) bool { return f.Wait == 0 })
	slices.SortStableFunc(out.Causes, func(a, b Finding) int { return cmp.Compare(b.Wait, a.Wait) })
	out.Considered = j.considered()
	for dir := range out.Stalls {
		out.Stalls[dir] = j.cases[dir].parties()
	}
	return out
}

// parties returns who is to blame for each stall.
func (x *Case) parties() []Party {
	list := make([]Party, len(x.takers))
	for i, c := range x.takers {
		if c != nil {
			list[i] = c.party
		}
	}
	return list
}

// explain tells a claim.
func (j *judged) explain(l *Limits, dir, i int) Finding {
	x, c := &j.cases[dir], &j.claims[dir][i]
	out := Finding{Severity: c.Severity, Code: table[i].code, Party: table[i].party, Flow: dir, Wait: c.Time, Cure: table[i].cure, Confidence: High}
	if !c.finding(l) {
		out.Severity = OK
	}
	table[i].tell(x, c, &out)
	out.addFrames()
	x.doubt(&out)
	switch {
	case out.Confidence == High:
		out.Settle = ""
	case out.Settle == "":
		out.Settle = table[i].settle
	}
	return out
}

// doubt lowers the confidence of a finding where the capture does not show enough.
func (x *Case) doubt(out *Finding) {
	if out.Code == refused.code || out.Party == Capture {
		return
	}
	if share := float64(x.D.Spent[Unjudged]) / float64(max(x.Facts.Total, 1)); share > x.Limits.UnjudgedShare && x.D.Spent[Unjudged] >= x.Limits.Notice {
		out.atMost(Medium, fmt.Sprintf("%.0f%% of the time cannot be judged from this capture", 100*share))
	}
	if share := x.D.missingShare(); share > x.Limits.UnjudgedShare && x.D.Captured.Missing > x.Limits.Packet {
		out.atMost(Medium, fmt.Sprintf("%.0f%% of the data was not captured", 100*share))
	}
	if x.Facts.Dropped {
		out.less("packets dropped while capturing could change the finding")
	}
}

// others returns what the other direction waited for that people can notice. The time
// in which the sender of the verdict's direction was idle went into it, and no more of it
// than that counts, so that every moment is explained once.
func (j *judged) others(l *Limits, dir int, causes []Finding) (more []Finding) {
	at := slices.IndexFunc(causes, func(f Finding) bool { return f.Code == idle.code })
	for i := range table {
		if at < 0 || !j.claims[dir][i].finding(l) || table[i].party == Capture {
			continue
		}
		f := j.explain(l, dir, i)
		if f.Wait = min(f.Wait, causes[at].Wait); f.Wait >= l.Notice {
			causes[at].Wait -= f.Wait
			more = append(more, f)
		}
	}
	return more
}

// considered returns the causes that explain nothing in a direction with data, with the
// reason, unless nothing in it is worth a look.
func (j *judged) considered() (out []Considered) {
	for dir := range j.cases {
		x := &j.cases[dir]
		if x.D.Bytes == 0 || x.plain() {
			continue
		}
		for i, c := range table {
			if j.claims[dir][i].Time > 0 || c.fell == nil {
				continue
			}
			if why := c.fell(x); why != "" {
				out = append(out, Considered{c.code, dir, why})
			}
		}
	}
	return out
}

// plain reports whether a direction carried data and nothing else happened: nobody waited,
// nothing was sent again, and there were too few round trips to show what set the pace.
func (x *Case) plain() bool {
	d := x.D
	return d.StallCount == 0 && d.Retransmissions == 0 && d.Pace.Rounds < x.Limits.Rounds && d.Captured.Missing == 0 &&
		d.Spent.Sum() == d.Spent[Idle]+d.Spent[Flight]
}
