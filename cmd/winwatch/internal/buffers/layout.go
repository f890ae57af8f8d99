package buffers

import (
	"slices"
	"strings"
)

// pipe draws the data's way from left to right: program, send buffer, window, receive
// buffer, program.
func (p *painter) pipe(v *View) []string {
	const (
		program = 8 // "returned"
		gap     = 3 // " → "
		margin  = 2
	)
	// The middle is at least as wide as its longest caption, "999 KiB in flight", and
	// grows half as fast as the buffers.
	free := p.width - margin - 2*program - 4*gap
	middle := max(free/5, 17)
	tank := (free - middle) / 2
	arrow, space := " "+p.marks().right+" ", strings.Repeat(" ", gap)

	row := func(between string, cells ...string) string {
		line := strings.Repeat(" ", margin)
		for i, width := range [...]int{program, tank, middle, tank, program} {
			if i > 0 {
				line += between
			}
			line += pad(cells[i], width)
		}
		return strings.TrimRight(line, " ")
	}
	from, to := p.tank(v.SendBuffer, tank), p.tank(v.ReceiveBuffer, tank)
	window := p.window(v.Window, middle)
	return []string{
		row(space, p.style(bold, v.From.End.String()), "send buffer", "window", "receive buffer", p.style(bold, v.To.End.String())),
		row(arrow, "send()", from, window, to, "recv()"),
		row(space, p.state(v.From.Waits, "blocked"), from, window, to, p.state(v.To.Waits, "waits")),
		row(space, size(v.From.Bytes), v.SendBuffer.fill(), v.Window.offer(), v.ReceiveBuffer.fill(), size(v.To.Bytes)),
		row(space, "taken", v.SendBuffer.rest("to send"), v.Window.flight(), v.ReceiveBuffer.rest("unread"), "returned"),
	}
}

// table draws the same from top to bottom, for narrow terminals.
func (p *painter) table(v *View) []string {
	const label, caption = 18, 18
	down := "  " + p.marks().down + " "
	bar := p.width - label - caption - 2
	row := func(name, bar, first, second string) []string {
		return []string{
			strings.TrimRight(pad(down+name, label)+" "+bar+" "+first, " "),
			strings.TrimRight(pad("", label)+" "+bar+" "+second, " "),
		}
	}
	program := func(end Program, did, waits string) []string {
		line := "  " + p.style(bold, end.End.String()) + ": " + did + " " + size(end.Bytes)
		if end.Waits {
			line += "; " + p.style(red, waits)
		}
		return []string{line}
	}
	return slices.Concat(
		program(v.From, "send() has taken", "blocked"),
		row("send buffer", p.tank(v.SendBuffer, bar), v.SendBuffer.fill(), v.SendBuffer.rest("to send")),
		row("window", " "+p.window(v.Window, bar-2)+" ", v.Window.offer(), v.Window.flight()),
		row("receive buffer", p.tank(v.ReceiveBuffer, bar), v.ReceiveBuffer.fill(), v.ReceiveBuffer.rest("unread")),
		program(v.To, "recv() has returned", "waits"),
	)
}
