package analyze

// Events is the set of events found in one segment.
type Events uint32

// The events, in the order in which AppendTo writes them.
const (
	// EventSYN, EventFIN, EventRST: the segment has that flag set.
	EventSYN Events = 1 << iota
	EventFIN
	EventRST
	// EventZeroWindow: not SYN or RST, and the advertised window is 0.
	EventZeroWindow
	// EventWindowUpdate: the same ACK as the last one, with a larger window.
	EventWindowUpdate
	// EventWindowFull: the segment's data ends at the right edge that its receiver
	// advertised.
	EventWindowFull
	// EventWindowShrunk: the right edge moved back (RFC 9293 3.8.6, "shrinking").
	EventWindowShrunk
	// EventProbe: sent to find out whether a closed window has opened.
	EventProbe
	// EventProbeAnswer: the ACK that answers a probe.
	EventProbeAnswer
	// EventKeepAlive and EventKeepAliveAnswer: RFC 9293 3.8.4.
	EventKeepAlive
	EventKeepAliveAnswer
	// EventRetransmission: sequence space that was sent before.
	EventRetransmission
	// EventOutOfOrder: fills a gap that the capture showed, too soon to be a
	// retransmission.
	EventOutOfOrder
	// EventDupACK: repeats the last ACK while data is outstanding.
	EventDupACK
	// EventACKOfUnseen: acknowledges bytes that were not captured.
	EventACKOfUnseen
	// EventGap: begins after the highest sequence number seen: something in between
	// was not captured, or not yet.
	EventGap
	// EventDuplicate: the same packet captured twice (bridge, veth, any).
	EventDuplicate

	// EventKinds is the number of kinds of events.
	EventKinds = iota
)

// eventNames lists the names in the order of the constants.
var eventNames = [EventKinds]string{
	"syn", "fin", "rst", "zero-window", "window-update", "window-full", "window-shrunk",
	"probe", "probe-answer", "keep-alive", "keep-alive-answer",
	"retransmission", "out-of-order", "dup-ack", "ack-of-unseen", "gap", "duplicate",
}

// Has reports whether any of the events of f are in the set.
func (e Events) Has(f Events) bool { return e&f != 0 }

// AppendTo appends the names of the events, joined by '|', to b.
func (e Events) AppendTo(b []byte) []byte {
	for i, first := 0, true; e != 0; i, e = i+1, e>>1 {
		if e&1 == 0 {
			continue
		}
		if !first {
			b = append(b, '|')
		}
		b, first = append(b, eventNames[i]...), false
	}
	return b
}

// String returns the names of the events, joined by '|'.
func (e Events) String() string { return string(e.AppendTo(nil)) }
