package proof

import "winwatch/capture/kernel"

// Away is why the sender's times are not judged: a capture at the link or at the receiver
// sees what the sender does later, and what it waits for earlier, by up to a round trip.
const Away = "the packets were captured away from the sender, where each of its waits seems shorter or longer by up to a round trip"

// Kept returns why a number is not judged that depends on all packets from an end:
// the link dropped, doubled, changed or reordered some before they were captured.
func Kept(from kernel.End) string {
	return "the packets were captured away from the " + from.String() + ", and the link dropped, doubled, changed or reordered some of those it sent"
}

// atSender reports whether the packets were captured at the sender. On loopback all
// points are one.
func atSender(w *kernel.Witness) bool { return capturedAt(w, w.Sender) }

func capturedAt(w *kernel.Witness, e kernel.End) bool {
	return w.CapturedAt == "" || w.CapturedAt == e.String()
}

// faithful reports whether the capture shows the packets from that end as it sent them.
func faithful(w *kernel.Witness, from kernel.End) bool {
	return w.Path == nil || capturedAt(w, from) || !w.Path.Ways[from].Altered()
}

// elsewhere withholds the rows that compare what the kernels did with packets that were
// captured somewhere else, where they are not the same.
func (p *Proof) elsewhere(w *kernel.Witness, end *kernel.Reading) {
	peer := w.Sender.Peer()
	// What the other direction carries is its own only if it carries data.
	twoWays := end.BackAcceptedBytes > 0
	for i := range p.Rows {
		switch r := &p.Rows[i]; r.Name {
		case "time limited by the window", "time busy":
			if !atSender(w) {
				r.withhold(Away)
			}
		case "window seen":
			// The sender is the one that must have got them.
			if !atSender(w) && w.Path != nil && w.Path.Ways[peer].Altered() {
				r.withhold(Kept(peer))
			}
		case "probes":
			r.needs(w, w.Sender, true)
			r.needs(w, peer, twoWays && w.ProbesFrom == "TCPWinProbe")
		case "keep-alives":
			r.needs(w, w.Sender, true)
			r.needs(w, peer, true)
		case "to zero window", "from zero window":
			r.needs(w, peer, true)
			r.needs(w, w.Sender, twoWays)
		}
	}
}

// needs withholds the row if it needs all packets from an end, and the capture does not
// show them as they were sent.
func (r *Row) needs(w *kernel.Witness, from kernel.End, needed bool) {
	if needed && !faithful(w, from) {
		r.withhold(Kept(from))
	}
}
