package analyze

import (
	"fmt"
	"math"

	"winwatch/capture"
	"winwatch/capture/words"
)

// WarningCode is the stable short name of a condition.
type WarningCode string

// The conditions that limit the conclusions about a capture or a stream.
const (
	WarnClockJump      WarningCode = "clock-jump"
	WarnStreamsEvicted WarningCode = "streams-retired"
	WarnDropped        WarningCode = "dropped-packets"
	WarnDamaged        WarningCode = "damaged-input"
	WarnInterrupted    WarningCode = "interrupted"
	WarnNoHandshake    WarningCode = "no-handshake"
	WarnOneSided       WarningCode = "one-sided"
	WarnDuplicates     WarningCode = "duplicates"
	WarnScaleUnknown   WarningCode = "scale-unknown"
	WarnShrunk         WarningCode = "window-shrunk"
	WarnUnseen         WarningCode = "unseen"
	WarnStallsCut      WarningCode = "stalls-cut"
	WarnFlags          WarningCode = "impossible-flags"
	WarnStrays         WarningCode = "stray-segments"
	// These come from outside the analysis: a program adds them to a result.
	WarnClockSet    WarningCode = "clock-set"
	WarnUnreadInput WarningCode = "unread-input"
	WarnNoChart     WarningCode = "no-chart"
	WarnNoStream    WarningCode = "no-stream"
)

// Warning is a condition that limits the conclusions.
type Warning struct {
	Code WarningCode
	// Text is a sentence for people.
	Text string
	// Frame is the frame that shows it best, 0 if there is none.
	Frame uint64
	// Count is how often it occurred; its unit depends on Code.
	Count int64
}

// warn adds the conditions that limit the conclusions about the whole capture.
func (a *Analyzer) warn(r *Result) {
	a.warnAnalysis(r)
	a.warnInput(r)
}

// warnAnalysis adds the conditions that the analysis found.
func (a *Analyzer) warnAnalysis(r *Result) {
	if c := &a.clock; c.jumps > 0 {
		r.Warnings = append(r.Warnings, Warning{
			Code: WarnClockJump, Frame: c.largestAt, Count: c.jumps,
			Text: fmt.Sprintf("the capture's clock jumped %s, the largest by %s at frame %d; durations leave the jumps out",
				words.Times(c.jumps), jump(c.largest), c.largestAt),
		})
	}
	if r.Evicted.Streams > 0 {
		r.Warnings = append(r.Warnings, Warning{
			Code: WarnStreamsEvicted, Count: r.Evicted.Streams,
			Text: fmt.Sprintf("%s evicted to stay within %s at a time, fewer if many are in trouble: the totals include what was evicted, and the worst is kept; a stream that continued afterwards counts as a new one",
				words.Counted(r.Evicted.Streams, "stream"), words.Count(int64(a.cfg.MaxStreams))),
		})
	}
}

// warnInput adds what is missing from the input.
func (a *Analyzer) warnInput(r *Result) {
	if a.input.Dropped() > 0 {
		r.Warnings = append(r.Warnings, droppedPackets(&a.input))
	}
	for _, d := range a.damage {
		r.Warnings = append(r.Warnings, Warning{Code: WarnDamaged, Text: d.Error(), Frame: d.Frame, Count: 1})
	}
	if a.interrupted {
		r.Warnings = append(r.Warnings, Warning{Code: WarnInterrupted, Count: 1,
			Text: "reading stopped early; the rest of the capture was not analyzed"})
	}
}

// droppedPackets returns the warning about drops. They are counted before packets
// are assigned to streams, so it is unknown which streams lost packets.
func droppedPackets(c *capture.Counters) Warning {
	kernel, iface := c.Noted[capture.KernelDrops], c.Noted[capture.InterfaceDrops]
	what := words.Counted(c.Dropped(), "packet") + " dropped"
	switch {
	case iface == 0:
		what += " by the kernel"
	case kernel == 0:
		what += " at the interface or by the capturing program"
	default:
		what += fmt.Sprintf(", %s by the kernel and %s at the interface or by the capturing program", words.Count(kernel), words.Count(iface))
	}
	return Warning{Code: WarnDropped, Count: int64(min(c.Dropped(), math.MaxInt64)),
		Text: fmt.Sprintf("the capture reports %s, from these streams or others: byte counts, probes and "+
			"bytes in flight are lower bounds", what)}
}

// jump writes a signed span for people.
func jump(ns int64) string {
	sign := "+"
	if ns < 0 {
		sign, ns = "-", -ns
	}
	s := float64(ns) / 1e9
	switch {
	case s >= 3600:
		return fmt.Sprintf("%s%.1f h", sign, s/3600)
	case s >= 60:
		return fmt.Sprintf("%s%.1f min", sign, s/60)
	}
	return fmt.Sprintf("%s%.3f s", sign, s)
}

// warnStream adds the conditions that limit the conclusions about a stream.
func (sh *shard) warnStream(st *stream, s *Stream) {
	add := func(code WarningCode, count int64, format string, args ...any) {
		s.Warnings = append(s.Warnings, Warning{Code: code, Count: count, Text: fmt.Sprintf(format, args...)})
	}
	if s.Handshake == HandshakeNone {
		add(WarnNoHandshake, 1, "the handshake was not captured: which side is the client is guessed from the ports")
	}
	if s.OneSided {
		add(WarnOneSided, 1, "only one direction was captured: bytes in flight and waiting times are unknown")
	}
	if s.Duplicates > 0 {
		add(WarnDuplicates, int64(s.Duplicates), "%s captured twice%s; copies are not counted", words.Counted(s.Duplicates, "packet"), st.points())
	}
	if st.ignored > 0 {
		add(WarnFlags, int64(st.ignored), "%s with impossible flags (SYN with FIN or RST, or none of SYN, RST and ACK): no host takes them, and they change nothing",
			words.Counted(uint64(st.ignored), "segment"))
	}
	if st.strays > 0 {
		add(WarnStrays, int64(st.strays), "%s with numbers that are not those of the stream: of another connection, forged, or rewritten on the way",
			words.Counted(uint64(st.strays), "segment"))
	}
	for i := range s.Dirs {
		f := &st.flows[st.client^uint8(i)]
		sh.warnDirection(&s.Dirs[i], f.missing(st, sh.stateOrNone(f)), add)
	}
}

// warnDirection adds the conditions of a direction, of which so many bytes are missing.
func (sh *shard) warnDirection(d *Direction, missing int64, add func(WarningCode, int64, string, ...any)) {
	if d.Window.Scale.State == ScaleUnknown && d.Window.MaxRaw > 0 {
		add(WarnScaleUnknown, 1, "the window scale of %s is unknown (%d to %d): its windows are shown unscaled; zero windows are certain nevertheless",
			d.Receiver, d.Window.Scale.Min, d.Window.Scale.Max)
	}
	if d.Window.Shrunk > 0 {
		add(WarnShrunk, int64(d.Window.Shrunk), "%s shrank the window it had advertised, %s", d.Receiver, words.Times(int64(d.Window.Shrunk)))
	}
	if missing > 0 {
		add(WarnUnseen, missing, "%s from %s acknowledged but not captured", words.Bytes(missing), d.Sender)
	}
	if len(d.Stalls) < int(d.StallCount) {
		add(WarnStallsCut, d.StallCount, "%d of %s listed: the longest", len(d.Stalls), words.Counted(d.StallCount, "stall"))
	}
}

// points says that the stream was captured at two points, if it was.
func (st *stream) points() string {
	to, fro := st.apart[st.client], st.apart[st.client^1]
	switch {
	case to == 0 && fro == 0:
		return ""
	case to == 0 || fro == 0:
		return ", at two points that are " + words.Duration(nanos(to+fro)) + " apart"
	}
	return fmt.Sprintf(", at two points that are %s apart for what the client sends, %s for what the server sends",
		words.Duration(nanos(to)), words.Duration(nanos(fro)))
}
