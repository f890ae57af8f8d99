package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// CannotTell: the evidence is missing.
const CannotTell Code = "cannot-tell"

var cannotTell = cause{
	code: CannotTell, party: Capture,
	clause:   "who made the sender wait cannot be told",
	needs:    "time that the capture does not show enough of",
	excludes: "nothing",
	cure:     "capture again, from before the connection opens, both directions, without a small snaplen or drops",
	settle:   "a capture that begins before the connection opens and has both directions",
	claim: func(x *Case) Claim {
		c := Claim{Time: x.take(Unjudged, Silent), Stands: x.Facts.OneSided && x.D.Segments > 0}
		// A request that was missed in a download that is all there hides nothing.
		data := x.D.Bytes+x.D.Captured.Missing > 0 && x.Dir == x.Facts.Main()
		if c.Stands || data && float64(c.Time) > x.Limits.UnjudgedShare*float64(x.Facts.Total) {
			c.Severity = Note
		}
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		out.Confidence = Low
		d := x.D
		if x.Facts.OneSided {
			out.Sentence = fmt.Sprintf("only the packets from %s were captured: waiting times are unknown", d.Sender)
			out.Cure, out.Settle = "capture where the packets of both directions pass: on one of the hosts, or a mirror port for both", "a capture with both directions"
			return
		}
		out.Sentence = fmt.Sprintf("who made %s wait cannot be told for %s of %s", d.Sender, words.Duration(c.Time), words.Duration(x.Facts.Total))
		if d.Captured.Missing > 0 {
			tellMissing(x, out)
		}
		if d.Captured.ScaleUnknown {
			tellUnscaled(x, out)
		}
		if x.Facts.Dropped {
			out.say(Mark{}, "the capture itself reports that it missed packets")
		}
	},
}

// tellMissing tells what the capture misses, and why.
func tellMissing(x *Case, out *Finding) {
	d, m := x.D, &x.D.Captured
	out.Sentence += fmt.Sprintf(": %s that %s sent were not captured", words.Bytes(m.Missing), d.Sender)
	out.say(m.FirstGap, "%s acknowledged %s that the capture does not have, %.0f%% of the data, in %s",
		d.Receiver, words.Bytes(m.Missing), 100*d.missingShare(), words.Counted(m.Gaps, "place"))
	if d.isHidden() {
		out.say(m.FirstGap, "up to %s are missing in one place, more than the window allows at a time: whole round trips passed unseen, as where a device carries streams past the capture (offload)",
			words.Bytes(m.LargestGap))
		out.Cure = "capture on one of the hosts, or turn the offload of flows off while capturing (flowtable in nft, fast path or hardware acceleration on a router or an access point)"
		out.Settle = "a capture that has the middle of the stream: acknowledged bytes without a gap"
		return
	}
	out.say(m.FirstGap, "at most %s are missing in one place, no more than the window allows at a time: the capture missed packets here and there", words.Bytes(m.LargestGap))
	out.Cure = "capture again with a larger buffer (tcpdump -B), a filter and a small snaplen, so that no packets are missed"
	out.Settle = "a capture that misses nothing: acknowledged bytes without a gap"
	if d.DataRetransmissions == 0 {
		out.not("loss on the path: none of it was sent again")
	}
}

// tellUnscaled tells what is certain although the scale of the window is unknown.
func tellUnscaled(x *Case, out *Finding) {
	d, m := x.D, &x.D.Captured
	if m.Missing == 0 {
		out.Sentence += ": the scale of the window is unknown"
	}
	out.Settle = fmt.Sprintf("a capture that begins before the connection opens, for both SYNs; or ss -ti on %s (wscale:sender,receiver)", d.Receiver.Addr())
	out.say(m.Begin, "the capture begins here, and does not show which scale the windows of %s have", d.Receiver)
	least := m.LargestField << m.MinShift
	if least == 0 || m.InFlight == 0 {
		return
	}
	if m.InFlight+d.MeanSegment < least {
		out.say(Mark{}, "at most %s were in flight, and the window was at least %s: it was never full", words.Bytes(m.InFlight), words.Bytes(least))
		return
	}
	bound := fmt.Sprintf("at most %s were in flight, and the largest window was at least %s", words.Bytes(m.InFlight), words.Bytes(least))
	if d.RTT > 0 {
		bound += fmt.Sprintf(": if it was no larger, it set the pace, at %s in a round trip of %s", words.Bytes(least), words.Duration(d.RTT))
	}
	out.say(Mark{}, "%s; if its scale is larger by one, it was never full", bound)
}
