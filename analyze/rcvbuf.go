package analyze

import "fmt"

// buffer infers the receiver's buffer.
func (f *flow) buffer(t *flowstate, cfg *Config, stalls []Stall) Buffer {
	var b Buffer
	b.LargestWindow = unknown("unknown: the window scale was not captured")
	if f.has(hasWnd) && f.shift != Unknown {
		b.LargestWindow = NewEstimate("the largest advertised window; the buffer is larger, by a ratio that depends on the kernel",
			new(int64(f.maxWnd)), nil, nil)
	}
	took := absorbed(stalls, f.capacity(cfg.BufferFactor))
	b.Absorbed = unknown("unknown: the window never closed with a known amount of unread data")
	if took != nil {
		b.Absorbed = NewEstimate("payload acknowledged until the window closed, with nobody reading: the receive buffer holds at least that much",
			took, took, nil)
	}
	b.RcvBuf = unknown(b.Absorbed.method)
	if took != nil || t.edge.closedAt != 0 && f.acked() > 0 {
		b.RcvBuf, b.ExplicitlySet = f.rcvBuf(t, took, cfg)
	}
	return b
}

// absorbed is the payload that the receiver accepted while nobody read: the
// largest known number of unread bytes in any stall, or nil if none is known. If it
// accepted more than its capacity, somebody read.
func absorbed(stalls []Stall, capacity int64) *int64 {
	var most *int64
	for i := range stalls {
		s := &stalls[i]
		unread := s.Unread.Value()
		if unread == nil || s.early {
			continue
		}
		if v := *unread + int64(s.taken); v <= capacity && (most == nil || v > *most) {
			most = &v
		}
	}
	return most
}

// span is a range of sizes in bytes; high is 0 if it is unbounded.
type span struct{ low, high int64 }

// holds reports whether n is in the range.
func (s span) holds(n int64) bool { return n >= s.low && (s.high == 0 || n <= s.high) }

// clamp returns the number in the range that is closest to n.
func (s span) clamp(n int64) int64 {
	if n = max(n, s.low); s.high > 0 {
		n = min(n, s.high)
	}
	return n
}

// and returns the common part of two ranges that overlap.
func (s span) and(o span) span {
	high := min(s.high, o.high)
	if s.high == 0 || o.high == 0 {
		high = max(s.high, o.high)
	}
	return span{max(s.low, o.low), high}
}

// overlaps reports whether two ranges have a common part.
func (s span) overlaps(o span) bool {
	x := s.and(o)
	return x.high == 0 || x.low <= x.high
}

// most returns the upper bound, or nil if there is none.
func (s span) most() *int64 {
	if s.high == 0 {
		return nil
	}
	return &s.high
}

const (
	// defaultRcvBuf is what Linux gives a socket that did not ask for a size
	// (tcp_rmem[1], since 4.20).
	defaultRcvBuf = 131072
	// largestPacket is the most payload that one packet in memory holds, unless BIG TCP
	// is on (GSO_LEGACY_MAX_SIZE).
	largestPacket = 65536
	// timeStamps is the part of the MSS that the time stamp option takes
	// (TCPOLEN_TSTAMP_ALIGNED).
	timeStamps = 12
	// autoTuned is the least shift of a socket whose buffer the kernel sizes. Linux
	// derives the shift from the largest size that the buffer may grow to, which gives 7
	// or more by default (tcp_select_initial_window), and the BSDs start at 6.
	autoTuned = 6
)

// explicit reports whether the receiver's shift is too small for a buffer that grows:
// SO_RCVBUF was set.
func (f *flow) explicit() bool { return 0 < f.shift && f.shift < autoTuned }

// scaled reports whether the shift is known and in use: both sides offered it.
func (f *flow) scaled() bool { return f.shift != Unknown && f.offer >= 0 }

// firstBuffer is the receiver's sk_rcvbuf at the handshake as its first window shows
// it, if it runs Linux: the window of the SYN is half of it, rounded down to a multiple
// of its MSS and cut to 16 bits (tcp_select_initial_window; tcp_win_from_space), and the
// shift follows from half of it if SO_RCVBUF was set. ok is false if the window can't be
// Linux's, or nothing follows from it.
func (f *flow) firstBuffer() (s span, ok bool) {
	if !f.scaled() || f.synWnd == 0 || f.mss <= timeStamps {
		return span{}, false
	}
	w, mss := int64(f.synWnd), int64(f.mss)
	if w%mss != 0 {
		mss -= timeStamps
	}
	s, ok = roundedDown(w, mss)
	switch {
	case f.shift < autoTuned || s.high == 0:
	case s.holds(defaultRcvBuf):
		s.high = defaultRcvBuf
	default:
		s.high = 0 // Linux before 4.20 enlarged it at once (tcp_fixup_rcvbuf)
	}
	if f.explicit() {
		byShift := span{1 << (f.shift + 16), 1 << (f.shift + 17)}
		ok = ok && s.overlaps(byShift)
		s = s.and(byShift)
	}
	return s, ok
}

// roundedDown returns the buffers of which half, rounded down to a multiple of mss, is w.
func roundedDown(w, mss int64) (span, bool) {
	switch {
	case w == maxUnscaled:
		return span{2 * w, 0}, true
	case w < mss: // too small to be rounded
		return span{2 * w, 2 * w}, true
	case w%mss != 0:
		return span{}, false
	case w == 4*mss || w == 10*mss || w == 20*mss:
		// Linux before 4.20 offered no more at first, however large the buffer was
		// (tcp_default_init_rwnd; before 2.6.39, tcp_select_initial_window).
		return span{2 * w, 0}, true
	}
	return span{2 * w, 2 * (w + mss)}, true
}

// fits reports whether memory can have held payload: each packet in it needs overhead
// more (Linux: SKB_TRUESIZE). The right edge is rounded up to the scale.
func (f *flow) fits(payload, memory, overhead int64) bool {
	return memory == 0 || payload-1<<max(f.shift, 0) <= memory*largestPacket/(largestPacket+overhead)
}

// rcvBuf estimates the receiver's SO_RCVBUF when the window first closed, as getsockopt
// returns it, which is sk_rcvbuf: on Linux, twice what was given to setsockopt. took is
// the payload that it absorbed, nil if unknown.
func (f *flow) rcvBuf(t *flowstate, took *int64, cfg *Config) (Estimate, *bool) {
	first := f.firstWindow(t, took, cfg)
	within, how := span{low: f.sure(t.edge.widest)}, ""
	switch {
	case took != nil:
		filled := f.filled(*took, cfg.PacketOverhead)
		filled.high = max(filled.high, first.high) // some drivers need more memory for a packet
		if !within.overlaps(filled) {
			return unknown("unknown: the window closed long before as much payload was taken as it had offered: memory ran out, or SO_RCVBUF was lowered"), nil
		}
		if t.counts.shrunk > 0 {
			within.low = 0 // the buffer may be smaller than the window was
		}
		within, how = within.and(filled), "from the payload absorbed and the memory that known kernels need for packets of this size"
	case first.high == 0:
		return unknown("unknown: the window never closed with a known amount of unread data"), nil
	case f.shift < autoTuned: // it can't have grown
		within.high, how = max(first.high, within.low), "at least the largest window, at most twice what the first window was rounded from"
	default:
		how = "at least the largest window; the buffer has not grown, since the right edge went no further than its first size allows"
	}
	var set *bool
	if wide := (span{1 << (max(f.shift, 0) + 15), 1 << (max(f.shift, 0) + 17)}); f.explicit() && within.overlaps(wide) {
		within, set = within.and(wide), new(true)
		how += fmt.Sprintf(", and from the shift of %d, too small for an auto-tuned buffer (Linux): SO_RCVBUF was set", f.shift)
	}
	var value *int64
	if best, rule := f.likely(first, took, cfg.PacketOverhead); best > 0 {
		value = new(within.clamp(best))
		how += "; best value: " + rule
	}
	if largest := f.sure(f.widest()); within.high > 0 && largest > within.high {
		within.high = 0
		how += "; it has grown since"
	}
	return NewEstimate(how, value, &within.low, within.most()), set
}

// firstWindow is firstBuffer unless what the receiver took contradicts it: more than
// such a buffer holds, or so little that memory per packet closed the window, which a
// buffer that was set later does too.
func (f *flow) firstWindow(t *flowstate, took *int64, cfg *Config) span {
	first, ok := f.firstBuffer()
	reached := f.payload(f.maxEdge)
	if took != nil {
		reached = *took
	}
	collapsed := t.counts.shrunk > 0 && reached < f.sure(t.edge.widest)
	grown := (took != nil || f.shift >= autoTuned) && !f.fits(reached, first.high, cfg.PacketOverhead)
	if !ok || collapsed || grown {
		return span{}
	}
	return first
}

// likely is the most likely sk_rcvbuf and the rule that it follows from, 0 if there is
// none. first is the range that the first window allows, if any.
func (f *flow) likely(first span, took *int64, overhead int64) (int64, string) {
	opened := int64(f.firstWnd) << max(f.shift, 0)
	switch {
	case f.shift >= autoTuned && first.high > 0:
		return defaultRcvBuf, "the first window and the scale are those of the default buffer of Linux"
	case f.explicit() && opened > maxUnscaled && first.holds(2*opened) && (took == nil || f.packet() < 2*overhead):
		return 2 * opened, "twice the first scaled window (Linux)"
	case took == nil && first.high-first.low > first.low*3/10:
		return 0, ""
	case took == nil:
		return (first.low + first.high) / 2, "twice the first window (Linux)"
	}
	best := *took + *took*overhead/f.packet()
	if first.low > 0 && first.clamp(best) != best {
		return first.clamp(best), "as close to that as the first window allows (Linux)"
	}
	return best, "the payload and the overhead of its packets"
}

// filled returns the buffers that can have closed after they took so much payload. The
// buffer counts memory, not payload: it is at least about the payload it took (the
// kernel checks before it adds the last packet), and at most the memory that this many
// packets of this size can need.
func (f *flow) filled(took, overhead int64) span {
	return span{
		max(took-took/20-int64(f.maxSeg), 1),
		took*2 + took*overhead/f.packet() + 2*int64(f.maxSeg) + 4096,
	}
}

// packet is the payload of a usual packet: the MSS if the data was not captured.
func (f *flow) packet() int64 {
	if f.dataSegs > 0 {
		return max(f.bytes/int64(f.dataSegs), 1)
	}
	return max(int64(f.mss), 536)
}
