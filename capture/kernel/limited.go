package kernel

import (
	"cmp"
	"fmt"
	"time"
)

const (
	// heldShare is the part of the time for which the window or the send buffer must have
	// held the sender back to be what limits it: less than a tenth is hard to notice.
	heldShare = 10
	// sureTicks is the least time, in ticks of the kernel's clock, that can be judged: a
	// tenth of it is 2 ticks, and each limited time is known to a tick at either end.
	sureTicks = 2 * heldShare
	// slowestTick is the longest tick that Linux can have (HZ=100).
	slowestTick = 10 * time.Millisecond
)

// Limited returns what held the sender back between MomentEstablished and MomentEnd, and
// the evidence in a sentence or, with LimitUnknown, why it is unknown. What counts is the
// time in which the sender had something to send (tcp_chrono_start): whether the window
// or the send buffer held it back for longer than everything else. Only a sender that
// they hardly ever held back, and that was idle for longer than it waited for
// acknowledgments, is limited by its application.
func (w *Witness) Limited() (Limit, string) {
	first, begun := w.At(MomentEstablished)
	end, ended := w.At(MomentEnd)
	a, b := &first.Sender, &end.Sender
	if !begun || !ended || min(a.Busy, a.RwndLimited, a.SndbufLimited, b.Busy, b.RwndLimited, b.SndbufLimited) == Unknown {
		return LimitUnknown, "the kernel does not report the limited times"
	}
	elapsed := end.Time - first.Time
	tick := cmp.Or(w.Tick, slowestTick)
	if elapsed < int64(sureTicks*tick) {
		return LimitUnknown, fmt.Sprintf("%.2f s are too short for a clock that ticks every %v", time.Duration(elapsed).Seconds(), tick)
	}
	window, buffer, busy := b.RwndLimited-a.RwndLimited, b.SndbufLimited-a.SndbufLimited, b.Busy-a.Busy
	network, idle := busy-window-buffer, elapsed-busy // Busy includes both limited times
	held := max(window, buffer)
	limit, what, part := LimitNetwork, "the sender waited for acknowledgments or for its congestion control", network
	switch {
	case held > network && held*heldShare >= elapsed && held == window:
		limit, what, part = LimitWindow, "the window held the sender back", window
	case held > network && held*heldShare >= elapsed:
		limit, what, part = LimitSendBuffer, "the send buffer held the sender back", buffer
	case idle > network:
		limit, what, part = LimitApplication, "the sender had nothing to send", idle
	}
	part = min(part, elapsed) // rounded to ticks, it may be longer
	return limit, fmt.Sprintf("%s for %.2f s of %.2f s", what, time.Duration(part).Seconds(), time.Duration(elapsed).Seconds())
}
