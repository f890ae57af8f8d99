package proof

import (
	"slices"

	"winwatch/capture/kernel"
)

// Elsewhere is why rows about what the sender knew are not judged.
const Elsewhere = "the packets were captured away from the sender, and the link kept some of them from it or changed them"

// bySender are the rows that depend on which packets reached the sender, or left it.
var bySender = []string{"window seen", "probes", "keep-alives", "to zero window", "from zero window",
	"time limited by the window", "time busy"}

// elsewhere withholds the rows that compare what the sender's kernel knew with packets
// that it never got, or sent in vain.
func (p *Proof) elsewhere(w *kernel.Witness) {
	if w.Path == nil || w.CapturedAt == w.Sender.String() || !w.Path.Unfaithful() {
		return
	}
	for i := range p.Rows {
		if slices.Contains(bySender, p.Rows[i].Name) {
			p.Rows[i].withhold(Elsewhere)
		}
	}
}
