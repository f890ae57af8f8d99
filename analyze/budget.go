package analyze

// class is what the time of a flow is spent on.
type class uint8

const (
	unjudged class = iota
	network
	windowFull
	smallWindow
	zeroWindow
	// maybeFull and maybeSmall are windowFull and smallWindow as long as it is
	// not known whether the sender had anything to send; settle decides.
	maybeFull
	maybeSmall
	classes
	// senderIdle is the rest: it is not added up, but left over.
	senderIdle = classes
)

// spend books time of the stream. o is the flow of what the receiver sends.
//
// Where the capture was taken near the receiver, an ACK is seen long before the
// sender has it: until then the sender is not idle, but waits as it did before.
func (f *flow) spend(d int64, o *flow) {
	if f.is(isEcho) {
		f.marks &^= isEcho
		echo := min(d, o.rtt)
		if f.is(wasFull) {
			f.spent[maybeFull] += echo
		} else {
			f.spent[network] += echo
		}
		d -= echo
	}
	if f.class != senderIdle {
		f.spent[f.class] += d
	}
}

// echo notes that an ACK has left nothing in flight, as far as can be seen here;
// o is the flow of the receiver that sent it.
func (f *flow) echo(o *flow) {
	if f.nxt != f.una || o.rtt < farAway || f.dataSegs == 0 {
		return
	}
	f.marks |= isEcho
	if f.is(isFull | isHeld) {
		f.marks |= wasFull
	} else {
		f.marks &^= wasFull
	}
}

// farAway is the round trip in ns from which it matters at which end the capture
// was taken.
const farAway = 1e6

// classify says what the time from now on is spent on, and marks whether the
// window holds the sender back. It is called after every segment of the stream.
func (a *Analyzer) classify(f *flow, now int64, frame uint64, bothSides bool) {
	switch {
	case !bothSides || f.marks&(hasWnd|isUnsound) != hasWnd:
		f.class = unjudged
	case f.is(isZero):
		f.class = zeroWindow
	case f.dataSegs == 0 || f.is(sawRST):
		f.class = senderIdle
	case f.inFlight() > 0:
		f.class = a.limited(f, now, frame, network, maybeFull, isFull)
	default:
		f.class = a.limited(f, now, frame, senderIdle, maybeSmall, isHeld)
	}
}

// limited returns free if the window has room for the next segment, and else
// limited, marking the flow with m.
func (a *Analyzer) limited(f *flow, now int64, frame uint64, free, limited class, m marks) class {
	if f.room() >= f.nextSegment() || f.is(sawFIN) {
		if f.is(isFull | isHeld) {
			f.marks = f.marks&^(isFull|isHeld) | isOpened
			t := a.more(f)
			t.openedAt, t.openedNum = now, frame
		}
		return free
	}
	if f.shift == Unknown {
		return unjudged
	}
	t := a.more(f)
	t.leftRoom = f.room()
	if !f.is(isFull | isHeld) {
		t.heldAt, t.heldNum, t.heldRoom = now, frame, f.room()
	}
	f.marks = f.marks&^(isFull|isHeld|isOpened) | m
	return limited
}

// settle decides about the time in which the window may have held the sender
// back: it did if the sender had something to send.
func (a *Analyzer) settle(f *flow, wanted bool) {
	if wanted {
		if f.spent[maybeSmall] > 0 {
			a.more(f).smallTime += f.spent[maybeSmall]
		}
		f.spent[windowFull] += f.spent[maybeFull]
		f.spent[smallWindow] += f.spent[maybeSmall]
	} else {
		f.spent[network] += f.spent[maybeFull]
	}
	f.spent[maybeFull], f.spent[maybeSmall] = 0, 0
}
