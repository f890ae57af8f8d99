package cause

// MiddleboxISN: a device on the way rewrote the initial sequence numbers.
const MiddleboxISN Code = "middlebox-isn"

var renumbered = cause{
	codes: []Code{MiddleboxISN},
	judge: func(_ *Limits, f *Facts) (Judgement, bool) {
		return Judgement{Severity: Note, Code: MiddleboxISN}, f.Renumbered
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		out.Sentence = "this cannot be judged: the packets carry sequence numbers of two kinds, as if a firewall on the way rewrote them and the capture saw both of its sides; " +
			"capture on one side of it, next to either host"
		out.Confidence, out.Because = Medium, "bytes in flight and the window belong to one kind of numbers, and which packets belong together is unknown"
	},
}
