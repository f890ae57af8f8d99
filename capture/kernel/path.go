package kernel

import "time"

// Path is what the link between the two hosts of an experiment did to their packets.
// The link itself counted it, so it is the truth about the path.
type Path struct {
	// Spec describes the link, in the form that "winwatch run --link" takes.
	Spec string
	// RTT is the round-trip time of the empty link.
	RTT time.Duration
	// Ways are the two directions, indexed by the End that sends.
	Ways [2]Way
}

// Way is what a link did in one direction. Packets are IP packets, bytes include
// their IP headers.
type Way struct {
	// Packets and Bytes entered the link, Delivered and DeliveredBytes left it.
	Packets, Bytes, Delivered, DeliveredBytes int64
	// QueueFull, Lost and Filtered count the packets dropped because the queue was
	// full, by chance, and because the scenario said so.
	QueueFull, Lost, Filtered int64
	// Duplicated, Reordered and Rewritten count the packets delivered twice, late on
	// purpose, and changed.
	Duplicated, Reordered, Rewritten int64
	// Missed counts the packets that the link failed to read or to deliver: its own fault. It
	// must be 0.
	Missed int64
	// QueuePeakBytes is the largest length of the queue.
	QueuePeakBytes int64
	// Latest is the longest time by which a packet left later than it was due.
	Latest time.Duration
}

// Altered reports whether the packets that left the link are not those that entered it:
// some were dropped, doubled, changed, or delivered in another order.
func (w *Way) Altered() bool {
	return w.QueueFull+w.Lost+w.Filtered+w.Duplicated+w.Reordered+w.Rewritten > 0
}

// Missed returns how many packets the link failed to read or to deliver, both ways.
func (p *Path) Missed() int64 { return p.Ways[ClientEnd].Missed + p.Ways[ServerEnd].Missed }

// Latest returns the longest time by which a packet left later than it was due, either
// way.
func (p *Path) Latest() time.Duration {
	return max(p.Ways[ClientEnd].Latest, p.Ways[ServerEnd].Latest)
}

// punctual is how late a packet may leave a link on a machine that has nothing else to
// do.
const punctual = time.Millisecond

// Late reports whether a packet was late by more than a quarter of a round trip, and so by
// what tells the causes on a path apart: then the link that was set up may not be the one
// that the packets met.
func (p *Path) Late() bool { return p.Latest() > max(p.RTT/4, punctual) }
