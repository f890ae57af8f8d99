package capture

import (
	"fmt"
	"iter"
	"math"
)

// Skip is the reason why a frame gave no segment.
type Skip uint8

// The reasons. Kept is the reason of a frame that did give one.
const (
	Kept            Skip = iota
	NotIP                // the link layer carries something else: ARP, LLDP, 802.2 ...
	NotTCP               // IP, but UDP, ICMP, ESP ...
	LaterFragment        // an IP fragment other than the first: it has no TCP header
	CutShort             // the snaplen cut the frame before the end of the TCP window field
	BadLink              // an impossible link-layer or tunnel header
	BadIP                // an impossible IPv4 or IPv6 header
	BadTCP               // an IP datagram too short for the TCP header that it should hold
	TooDeep              // more nested headers than maxLayers
	UnknownLinkType      // a link type that Decode does not know
	NoInterface          // pcapng: an interface that the section does not describe
	CustomBlock          // pcapng: a custom block, which Wireshark counts as a frame
	BadText              // tcpdump text: a line that is not understood
	FilteredOut          // SetFilter's filter did not want it
	NumSkips
)

var skipNames = [NumSkips]string{
	Kept: "kept", NotIP: "not IP", NotTCP: "not TCP", LaterFragment: "later IP fragment",
	CutShort: "TCP header not captured", BadLink: "malformed link or tunnel header",
	BadIP: "malformed IP header", BadTCP: "too short for TCP", TooDeep: "nested too deep",
	UnknownLinkType: "unknown link type", NoInterface: "unknown pcapng interface",
	CustomBlock: "pcapng custom block", BadText: "text not understood", FilteredOut: "left out by the filter",
}

// String returns the reason in words for a report.
func (s Skip) String() string {
	if s < NumSkips {
		return skipNames[s]
	}
	return fmt.Sprintf("reason %d", uint8(s))
}

// Note is something odd about the input that a report should mention, and that
// cost no segment.
type Note uint8

// The notes. Each counts segments unless it says otherwise.
const (
	CutOptions       Note = iota // options cut by the snaplen
	MalformedOptions             // options with an impossible length
	LengthFromWire               // IP datagrams of length 0: the wire length was taken
	FirstFragment                // first fragment of a datagram: its length only
	QuotedInICMP                 // a header quoted in an ICMP error: no traffic
	BadHeaderLength              // the TCP header's length is impossible: taken as no traffic
	NoTime                       // frames without a time stamp: time 0
	WireLenTooSmall              // frames whose wire length was under the captured length
	KernelDrops                  // packets that the kernel dropped, as the capture says: of its whole interface
	InterfaceDrops               // packets that the interface dropped, likewise; dumpcap counts all here
	TextNoDate                   // tcpdump text without date: days count from 1970-01-01
	TextSeqGuessed               // tcpdump text prints no seq of empty segments: SND.NXT was taken
	TextNoIPID                   // tcpdump text without -v: no IP ID, no hop limit
	TextRelativeSeq              // tcpdump text without -S: relative numbers were added to the SYN's
	TextIgnored                  // tcpdump text: lines that are about no frame
	NumNotes
)

var noteNames = [NumNotes]string{
	CutOptions:       "TCP options cut by the snaplen",
	MalformedOptions: "malformed TCP options",
	LengthFromWire:   "IP length 0, wire length used (segmentation offload)",
	FirstFragment:    "first IP fragment, payload of this fragment only",
	QuotedInICMP:     "TCP header quoted in an ICMP error",
	BadHeaderLength:  "impossible TCP header length",
	NoTime:           "frame without a time stamp",
	WireLenTooSmall:  "wire length below captured length",
	KernelDrops:      "packet dropped by the kernel while capturing",
	InterfaceDrops:   "packet dropped at the interface while capturing",
	TextNoDate:       "text carries no date",
	TextSeqGuessed:   "text carries no sequence number, SND.NXT assumed",
	TextNoIPID:       "text carries no IP ID and hop limit",
	TextRelativeSeq:  "text carries relative numbers",
	TextIgnored:      "text line about no frame",
}

// String returns the note in words for a report.
func (n Note) String() string {
	if n < NumNotes {
		return noteNames[n]
	}
	return fmt.Sprintf("note %d", uint8(n))
}

// Counters say what became of the frames. Every frame is counted once, in
// Segments or under one reason in Skipped: see Balanced.
type Counters struct {
	// Frames is the number of frames read; Segments of those that gave a segment.
	Frames, Segments uint64
	// Skipped counts the others by reason; Skipped[Kept] is always 0.
	Skipped [NumSkips]uint64
	// Noted counts what was odd.
	Noted [NumNotes]uint64
}

// Balanced reports whether every frame is accounted for.
func (c *Counters) Balanced() bool {
	sum := c.Segments
	for _, n := range c.Skipped {
		sum += n
	}
	return c.Frames == sum && c.Skipped[Kept] == 0
}

// Skips returns the reasons that occurred and how often, in a fixed order.
func (c *Counters) Skips() iter.Seq2[Skip, uint64] {
	return func(yield func(Skip, uint64) bool) {
		for i, n := range c.Skipped {
			if n != 0 && !yield(Skip(i), n) {
				return
			}
		}
	}
}

// Notes returns the notes that occurred and how often, in a fixed order.
func (c *Counters) Notes() iter.Seq2[Note, uint64] {
	return func(yield func(Note, uint64) bool) {
		for i, n := range c.Noted {
			if n != 0 && !yield(Note(i), n) {
				return
			}
		}
	}
}

// Dropped returns how many packets were dropped before they could be captured.
func (c *Counters) Dropped() uint64 { return plus(c.Noted[KernelDrops], c.Noted[InterfaceDrops]) }

// plus adds counts that a file may claim to be as large as it likes.
func plus(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// A tally is what was last reported of a count that grows through a capture.
type tally uint64

// note notes by how much the count has grown.
func (t *tally) note(c *Counters, n Note, now uint64) {
	if last := uint64(*t); now > last {
		c.Noted[n] = plus(c.Noted[n], now-last)
		*t = tally(now)
	}
}

// Add adds the counts of another source.
func (c *Counters) Add(o Counters) {
	c.Frames += o.Frames
	c.Segments += o.Segments
	for i, n := range o.Skipped {
		c.Skipped[i] += n
	}
	for i, n := range o.Noted {
		c.Noted[i] = plus(c.Noted[i], n)
	}
}
