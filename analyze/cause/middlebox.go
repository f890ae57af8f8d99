package cause

// MiddleboxISN: the packets carry sequence numbers of two kinds.
const MiddleboxISN Code = "middlebox-isn"

var renumbered = cause{
	code: MiddleboxISN, party: Middlebox,
	clause:   "sequence numbers are rewritten on the way",
	needs:    "two SYN-ACKs with different sequence numbers for one SYN, or data in two numberings",
	excludes: "a new connection on the same ports",
	cure:     "capture on one side of the firewall, next to either host",
	settle:   "captures on both sides of the firewall",
	claim: func(x *Case) Claim {
		if !x.Facts.Renumbered {
			return Claim{}
		}
		return Claim{Time: x.take(Unjudged), Severity: Note, Stands: x.Dir == 0}
	},
	tell: func(_ *Case, _ *Claim, out *Finding) {
		out.Sentence = "this cannot be judged: the packets carry sequence numbers of two kinds, as if a firewall on the way rewrote them and the capture saw both of its sides; " +
			"capture on one side of it, next to either host"
		out.sure(Medium, "bytes in flight and the window belong to one kind of numbers, and which packets belong together is unknown")
	},
}
