package analyze

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"winwatch/analyze/words"
)

// gravity is how grave the trouble of a flow is, without deriving it.
func (l *lane) gravity(f *flow) Severity {
	if t := l.trouble(f); t != nil && t.stallTime > 0 {
		if t.stallTime >= int64(l.cfg.Grave) {
			return SeverityProblem
		}
		return SeverityWarning
	}
	if lossy(uint64(f.retrans), uint64(f.dataSegs)) {
		return SeverityWarning
	}
	if f.retrans > 0 {
		return SeverityNote
	}
	return SeverityOK
}

// lossy reports whether so many of the data segments were retransmissions that
// the path is the first suspect.
func lossy(retrans, data uint64) bool { return data > 0 && retrans >= 3 && retrans*200 >= data }

// verdict says in a sentence what the trouble of a stream is: that of the
// direction that waited longest.
func (l *lane) verdict(s *Stream) Verdict {
	dir := ClientToServer
	c, v := &s.Dirs[ClientToServer], &s.Dirs[ServerToClient]
	if v.StallTime > c.StallTime || v.StallTime == c.StallTime && v.Bytes > c.Bytes {
		dir = ServerToClient
	}
	d := &s.Dirs[dir]
	out := Verdict{Stream: s.ID, Dir: dir, Wait: d.StallTime}
	switch worst := d.WorstStall(); {
	case d.StallTime > 0 && worst != nil:
		l.stalled(&out, s, d, worst)
	case lossy(d.Retransmissions, d.DataSegments):
		out.Severity, out.Code, out.Confidence = SeverityWarning, "path-loss", "medium"
		out.Sentence = fmt.Sprintf("%d of %d data segments from %s were retransmissions: the path, or the capture, lost packets; the receiver is untested, not healthy",
			d.Retransmissions, d.DataSegments, d.Sender)
		out.Because = "the window never held the sender back, but loss kept it from being tested"
		out.ask(d.Sender, d.Receiver)
	case s.Handshake == HandshakeRefused:
		out.Severity, out.Code, out.Confidence = SeverityNote, "refused", "high"
		out.Sentence = fmt.Sprintf("%s refused the connection", s.Server)
	case s.Handshake == HandshakeUnanswered:
		out.Severity, out.Code, out.Confidence = SeverityNote, "unanswered", "high"
		out.Sentence = fmt.Sprintf("%s did not answer the SYN", s.Server)
	case s.OneSided:
		seen := c.Sender
		if c.Segments == 0 {
			seen = v.Sender
		}
		out.Severity, out.Code, out.Confidence = SeverityNote, "one-sided", "low"
		out.Sentence = fmt.Sprintf("only what %s sent was captured: who waited for whom can't be told", seen)
	default:
		out.Confidence = "high"
		l.untroubled(&out, d)
	}
	return out
}

// untroubled tells of a stream in which nobody waited for a window.
func (l *lane) untroubled(out *Verdict, d *Direction) {
	out.Code = "ok"
	switch b := &d.Budget; {
	case d.Bytes == 0:
		out.Sentence = "no data"
	case b.Total > 0 && b.ReceiverLimited()*10 > b.Total:
		out.Severity, out.Code, out.Confidence = SeverityNote, "window-limited", "medium"
		out.Sentence = fmt.Sprintf("the window of %s was full for %s of %s, a round trip at a time: a larger receive buffer would let the sender go on",
			d.Receiver, words.Duration(b.ReceiverLimited()), words.Duration(b.Total))
	case d.Retransmissions > 0:
		out.Severity, out.Code = SeverityNote, "retransmissions"
		out.Sentence = fmt.Sprintf("the window never stopped %s; %s", d.Sender, words.Counted(int64(d.Retransmissions), "retransmission"))
	case b.Total > 0 && b.Network > b.SenderIdle:
		out.Sentence = fmt.Sprintf("the window never stopped %s; the path set the pace", d.Sender)
	default:
		out.Sentence = fmt.Sprintf("the window never stopped %s; it had nothing to send for most of the time", d.Sender)
	}
}

// stalled tells of a stall.
func (l *lane) stalled(out *Verdict, s *Stream, d *Direction, w *Stall) {
	out.Severity, out.Code = SeverityWarning, "receiver-slow"
	if out.Wait >= l.cfg.Grave {
		out.Severity = SeverityProblem
	}
	open := w.EndedBy == EndCaptureEnded
	slow := d.StallCount > 1 && 5*w.Duration < 4*d.StallTime // it read between, but not enough
	if !slow && (open || w.Duration >= l.cfg.Grave) {
		out.Code = "receiver-not-reading"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the application behind %s ", d.Receiver)
	lasted := atLeast(open || w.BeganBeforeCapture) + words.Duration(w.Duration)
	switch {
	case slow:
		fmt.Fprintf(&b, "read too slowly: its window kept the sender waiting %s, for %s in all and %s at the longest",
			words.Times(d.StallCount), words.Duration(d.StallTime), lasted)
	case d.StallCount > 1:
		fmt.Fprintf(&b, "did not read for %s (the longest of %d stalls, %s in all)", lasted, d.StallCount, words.Duration(d.StallTime))
	default:
		fmt.Fprintf(&b, "did not read for %s", lasted)
	}
	if v := w.Unread.Value; v != nil && !slow {
		fmt.Fprintf(&b, "; %s bytes waited in its receive queue", words.Count(*v))
	}
	probes := w.ProbeCount
	if slow {
		probes = int64(d.Probes)
	}
	if probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(probes))
	}
	b.WriteString(w.outcome(s))
	out.Sentence = b.String()
	out.Confidence, out.Because = confidence(s, d, w)
	out.ask(d.Receiver, d.Sender)
	out.Frames = w.frames(l.cfg.MaxFrames)
}

// outcome says how the stall ended or, if it has not, when the next probe is
// due.
func (w *Stall) outcome(s *Stream) string {
	switch w.EndedBy {
	case EndResetByReceiver:
		return "; then the receiver reset the connection"
	case EndResetBySender:
		return "; then the sender reset the connection"
	case EndGaveUp:
		return "; nobody answered, and the sender gave up"
	case EndCaptureEnded:
		if w.NextProbeDue != nil && len(w.Probes) > 0 {
			last := w.Probes[len(w.Probes)-1].Time
			return fmt.Sprintf("; the next probe is due %s after the last", words.Duration(time.Duration(*w.NextProbeDue-last)))
		}
		return "; it was still waiting when the capture ended"
	}
	return ""
}

// confidence says how sure a stall's verdict is, and why.
func confidence(s *Stream, d *Direction, w *Stall) (string, string) {
	switch {
	case s.OneSided:
		return "low", "one direction only was captured"
	case w.ProbeCount > 0:
		return "high", "the receiver said that its window was 0, and the sender's probes show that it had data"
	case w.SenderWaiting != nil && *w.SenderWaiting:
		return "high", "data came as soon as the window opened"
	case w.ZeroFrame == 0:
		return "medium", "the window was open, but too small for the next segment"
	}
	return "medium", "the receiver said that its window was 0; that the sender had data shows only in that it had filled the window"
}

// frames that prove the stall: where it began and ended, and its probes.
func (w *Stall) frames(most int) []uint64 {
	var frames []uint64
	add := func(n uint64) {
		if n != 0 && len(frames) < most && (len(frames) == 0 || n > frames[len(frames)-1]) {
			frames = append(frames, n)
		}
	}
	add(w.BeginFrame)
	add(w.ZeroFrame)
	for _, p := range w.Probes {
		add(p.Frame)
		add(p.AnswerFrame)
	}
	add(w.EndFrame)
	return frames
}

// ask names the next thing to run, on the host that is to be asked.
func (v *Verdict) ask(on, peer netip.AddrPort) {
	v.Host = on.Addr()
	v.Command = fmt.Sprintf("ss -tinmpo src %s dst %s", on, peer)
}

func atLeast(open bool) string {
	if open {
		return "at least "
	}
	return ""
}
