package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// CannotTell: the evidence is missing.
const CannotTell Code = "cannot-tell"

var cannotTell = cause{
	code: CannotTell, party: Capture,
	clause:   "who made the sender wait cannot be told",
	needs:    "time that the capture does not show enough of",
	excludes: "nothing",
	cure:     "capture again, from before the connection opens, both directions",
	settle:   "a capture that has the handshake and both directions",
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
			out.say(x.Facts.First, "the first of %s from %s; none came from %s", words.Counted(d.Segments, "packet"), d.Sender, d.Receiver)
			if d.Segments > 1 {
				out.say(x.Facts.Last, "the last of them")
			}
			out.Cure, out.Settle = "capture on one of the hosts, or mirror both directions", "a capture with both directions"
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
	out.say(m.FirstGap, "%s acknowledged %s that are not in the capture: %.0f%% of the data, in %s",
		d.Receiver, words.Bytes(m.Missing), 100*d.missingShare(), words.Counted(m.Gaps, "place"))
	if d.isHidden() {
		out.say(m.FirstGap, "%s in one place are more than a window: whole round trips passed unseen, as where a device carries streams past the capture (offload)",
			words.Bytes(m.LargestGap))
		out.Cure = "capture on a host, or turn flow offload off (flowtable in nft)"
		out.Settle = "a capture without a gap in what was acknowledged"
		return
	}
	out.say(m.FirstGap, "at most %s in one place are no more than a window: the capture missed packets here and there", words.Bytes(m.LargestGap))
	out.Cure = "capture again with a larger buffer (tcpdump -B) and a filter"
	out.Settle = "a capture without a gap in what was acknowledged"
	if d.DataRetransmissions == 0 {
		out.not("loss: none of it was sent again")
	}
}

// tellUnscaled tells what is certain although the scale of the window is unknown.
func tellUnscaled(x *Case, out *Finding) {
	d, m := x.D, &x.D.Captured
	if m.Missing == 0 {
		out.Sentence += ": the scale of the window is unknown"
	}
	out.Settle = fmt.Sprintf("a capture that has both SYNs, or ss -ti on %s (wscale)", d.Receiver.Addr())
	out.say(x.Facts.First, "the capture begins here, without the SYN that says how to scale the windows of %s", d.Receiver)
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
