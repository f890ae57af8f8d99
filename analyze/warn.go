package analyze

import (
	"fmt"

	"winwatch/analyze/words"
)

// warn adds what limits the statements about the whole capture.
func (a *Analyzer) warn(r *Result) {
	if c := &a.clock; c.jumps > 0 {
		r.Warnings = append(r.Warnings, Warning{
			Code: "clock-jump", Frame: c.largestAt, Count: c.jumps,
			Text: fmt.Sprintf("the capture's clock jumped %s, the largest by %s at frame %d; no duration counts the jumps",
				words.Times(c.jumps), jump(c.largest), c.largestAt),
		})
	}
	if r.Retired.Streams > 0 {
		r.Warnings = append(r.Warnings, Warning{
			Code: "streams-retired", Count: r.Retired.Streams,
			Text: fmt.Sprintf("%s streams were let go to keep within %s at a time, fewer if many are in trouble: they count in the totals, and the worst of them are kept; one that went on afterwards counts as a new stream",
				words.Count(r.Retired.Streams), words.Count(int64(a.cfg.MaxStreams))),
		})
	}
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

// warnStream adds what limits the statements about a stream.
func (l *lane) warnStream(st *stream, s *Stream) {
	add := func(code string, count int64, format string, args ...any) {
		s.Warnings = append(s.Warnings, Warning{Code: code, Count: count, Text: fmt.Sprintf(format, args...)})
	}
	if s.Handshake == HandshakeNone {
		add("no-handshake", 1, "the handshake was not captured: who is the client is a guess by the ports")
	}
	if s.OneSided {
		add("one-sided", 1, "one direction only was captured: what is in flight and who waited can't be told")
	}
	if s.Duplicates > 0 {
		add("duplicates", int64(s.Duplicates), "%s packets stand in the capture twice; the copies count for nothing", words.Count(int64(s.Duplicates)))
	}
	for i := range s.Dirs {
		l.warnDirection(&s.Dirs[i], add)
	}
}

func (l *lane) warnDirection(d *Direction, add func(string, int64, string, ...any)) {
	if d.Window.Scale.State == ScaleUnknown && d.Window.MaxRaw > 0 {
		add("scale-unknown", 1, "the window scale of %s is unknown (%d to %d): its windows are shown as the bare field; zero windows are sure all the same",
			d.Receiver, d.Window.Scale.Min, d.Window.Scale.Max)
	}
	if d.Window.Shrunk > 0 {
		add("window-shrunk", int64(d.Window.Shrunk), "%s took back window that it had advertised, %s", d.Receiver, words.Times(int64(d.Window.Shrunk)))
	}
	if missing := d.AckedBytes - d.UniqueBytes; missing > 0 {
		add("unseen", missing, "%s bytes from %s were acknowledged but not captured", words.Count(missing), d.Sender)
	}
	if len(d.Stalls) < int(d.StallCount) {
		add("stalls-cut", d.StallCount, "the %d longest of %s stalls are listed", len(d.Stalls), words.Count(d.StallCount))
	}
}
