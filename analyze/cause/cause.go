// Package cause is the catalogue of causes: who made the sender of a TCP stream wait.
// It takes plain facts and returns findings; it keeps no state and reads no packets. It
// judges each stream alone; Chains finds beforehand which streams wait for others.
//
// Each cause is one value in a file of its own and a line in table. In order of
// precedence, each takes the time that it explains out of the time of the stream; what
// a cause has taken is gone for those after it. So every moment is explained once, and
// the last causes of the table take what is left.
package cause

// cause is one entry of the catalogue.
type cause struct {
	code  Code
	party Party
	// clause says it of several streams, after a colon that follows whom it concerns:
	// "62 streams to 10.0.0.5:443: its application does not read".
	clause string
	// needs is the evidence that the cause needs, excludes what rules it out, cure what
	// ends the wait, and settle what makes an unsure finding sure. All are for people.
	needs, excludes, cure, settle string
	// claim takes from the case the time that the cause explains in one direction. It
	// must be cheap, since it runs for every stream.
	claim func(x *Case) Claim
	// tell writes the sentence, the confidence and the evidence of a claim.
	tell func(x *Case, c *Claim, out *Finding)
	// fell says why the cause explains nothing in a direction that claims elsewhere made
	// worth a look, or returns "" if nothing suggested it. It is nil if nothing ever does.
	fell func(x *Case) string
}

// table lists the causes in order of precedence.
var table = [...]*cause{
	&scaled,
	&refused,
	&unanswered,
	&renumbered,
	&neverOpen,
	&deadlock,
	&memory,
	&gone,
	&updateLost,
	&notResuming,
	&noUpdate,
	&waitsForOther,
	&notReading,
	&slow,
	&refuses,
	&overruns,
	&windowLimited,
	&pathLoss,
	&delayedACK,
	&senderLimited,
	&queue,
	&rate,
	&congestion,
	&idle,
	&cannotTell,
	&healthy,
}

// leftOver is the first of the causes that take what is left: idle.
const leftOver = len(table) - 3

// Clause says what a cause does to several streams, after a colon that follows whom it
// concerns. It is "" for an unknown code.
func (c Code) Clause() string {
	for _, x := range table {
		if x.code == c {
			return x.clause
		}
	}
	return ""
}

// Catalogue judges streams.
type Catalogue struct{ limits Limits }

// New returns the catalogue with the given thresholds.
func New(limits Limits) *Catalogue { return &Catalogue{limits} }

// Codes returns the codes of all causes in order of precedence.
func Codes() (codes []Code) {
	for _, c := range table {
		codes = append(codes, c.code)
	}
	return codes
}
