package capture

import (
	"fmt"
	"iter"
	"math"
)

// Skip is the reason why a frame yielded no segment.
type Skip uint8

// The reasons. Kept marks a frame that did yield a segment.
const (
	Kept            Skip = iota
	NotIP                // the link layer carries something else: ARP, LLDP, 802.2 ...
	NotTCP               // IP, but UDP, ICMP, ESP ...
	LaterFragment        // an IP fragment other than the first: it has no TCP header
	CutShort             // the snaplen cut the frame before the end of the TCP window field
	BadLink              // an impossible link-layer or tunnel header
	BadIP                // an impossible IPv4 or IPv6 header
	BadTCP               // an IP datagram too short for a TCP header
	TooDeep              // more nested headers than maxLayers
	UnknownLinkType      // a link type that Decode does not know
	NoInterface          // pcapng: an interface that the section does not describe
	CustomBlock          // pcapng: a custom block, which Wireshark counts as a frame
	BadText              // tcpdump text: a line that can't be parsed
	FilteredOut          // rejected by SetFilter's filter
	NumSkips
)

var skipNames = [NumSkips]string{
	Kept: "kept", NotIP: "not IP", NotTCP: "not TCP", LaterFragment: "later IP fragment",
	CutShort: "TCP header not captured", BadLink: "malformed link or tunnel header",
	BadIP: "malformed IP header", BadTCP: "too short for TCP", TooDeep: "nested too deep",
	UnknownLinkType: "unknown link type", NoInterface: "unknown pcapng interface",
	CustomBlock: "pcapng custom block", BadText: "text not understood", FilteredOut: "left out by the filter",
}

// String returns the reason in words, for reports.
func (s Skip) String() string {
	if s < NumSkips {
		return skipNames[s]
	}
	return fmt.Sprintf("reason %d", uint8(s))
}

// Note is an oddity of the input that reports should mention but that cost no
// segment.
type Note uint8

// The notes. Each counts segments unless it says otherwise.
const (
	CutOptions       Note = iota // options cut by the snaplen
	MalformedOptions             // options with an impossible length
	LengthFromWire               // IP datagrams of length 0: the wire length was used
	FirstFragment                // first fragment of a datagram: Len covers it alone
	QuotedInICMP                 // a header quoted in an ICMP error: not traffic
	BadHeaderLength              // the TCP header's length is impossible: not counted as traffic
	NoTime                       // frames without a time stamp: time 0
	WireLenTooSmall              // frames whose wire length was below the captured length
	KernelDrops                  // packets that the kernel dropped, on the whole interface, according to the capture
	InterfaceDrops               // packets that the interface dropped, likewise; dumpcap counts all drops here
	TextNoDate                   // tcpdump text without a date: days count from 1970-01-01
	TextSeqGuessed               // tcpdump text without the seq of empty segments: SND.NXT was assumed
	TextNoIPID                   // tcpdump text without -v: no IP ID, no hop limit
	TextRelativeSeq              // tcpdump text without -S: relative numbers were added to the SYN's
	TextIgnored                  // tcpdump text: lines that describe no frame
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

// String returns the note in words, for reports.
func (n Note) String() string {
	if n < NumNotes {
		return noteNames[n]
	}
	return fmt.Sprintf("note %d", uint8(n))
}

// Counters account for the frames. Every frame is counted exactly once, in
// Segments or under one reason in Skipped: see Balanced.
type Counters struct {
	// Frames is the number of frames read, Segments the number that yielded a
	// segment.
	Frames, Segments uint64
	// Skipped counts the others by reason; Skipped[Kept] is always 0.
	Skipped [NumSkips]uint64
	// Noted counts oddities by note.
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

// Skips yields the reasons that occurred and their counts, in a fixed order.
func (c *Counters) Skips() iter.Seq2[Skip, uint64] {
	return func(yield func(Skip, uint64) bool) {
		for i, n := range c.Skipped {
			if n != 0 && !yield(Skip(i), n) {
				return
			}
		}
	}
}

// Notes yields the notes that occurred and their counts, in a fixed order.
func (c *Counters) Notes() iter.Seq2[Note, uint64] {
	return func(yield func(Note, uint64) bool) {
		for i, n := range c.Noted {
			if n != 0 && !yield(Note(i), n) {
				return
			}
		}
	}
}

// Dropped returns the number of packets dropped before they could be captured.
func (c *Counters) Dropped() uint64 { return plus(c.Noted[KernelDrops], c.Noted[InterfaceDrops]) }

// plus adds two counts and saturates: a file may claim any number.
func plus(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// A tally is the last reported value of a count that accumulates over a capture.
type tally uint64

// note adds the growth since the last report.
func (t *tally) note(c *Counters, n Note, now uint64) {
	if last := uint64(*t); now > last {
		c.Noted[n] = plus(c.Noted[n], now-last)
		*t = tally(now)
	}
}

// Add adds the counters of another source.
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
