package cause

import "fmt"

// The codes of streams without a connection, or with only one direction captured.
const (
	Refused    Code = "refused"
	Unanswered Code = "unanswered"
	OneSided   Code = "one-sided"
)

var refused = cause{
	codes: []Code{Refused},
	judge: func(_ *Limits, f *Facts) (Judgement, bool) {
		return Judgement{Severity: Note, Code: Refused}, f.Refused
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		out.Sentence, out.Confidence = fmt.Sprintf("%s refused the connection", f.Server), High
	},
}

var unanswered = cause{
	codes: []Code{Unanswered},
	judge: func(_ *Limits, f *Facts) (Judgement, bool) {
		return Judgement{Severity: Note, Code: Unanswered}, f.Unanswered
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		out.Sentence, out.Confidence = fmt.Sprintf("%s did not answer the SYN", f.Server), High
	},
}

var oneSided = cause{
	codes: []Code{OneSided},
	judge: func(_ *Limits, f *Facts) (Judgement, bool) {
		return Judgement{Severity: Note, Code: OneSided}, f.OneSided
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		seen := &f.Flows[0]
		if seen.Segments == 0 {
			seen = &f.Flows[1]
		}
		out.Sentence = fmt.Sprintf("only the packets from %s were captured: waiting times are unknown", seen.Sender)
		out.Confidence = Low
	},
}
