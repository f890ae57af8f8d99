package proof

import (
	"winwatch/analyze"
	"winwatch/capture/kernel"
)

// HostWide is why a counter of the whole machine is not judged.
const HostWide = "the kernel counts the whole machine, and something else raised its count"

// events are what the kernel counts per network namespace: for both directions and for
// all connections.
type events struct{ probes, keepAlives, toZero, fromZero uint64 }

func countEvents(streams ...*analyze.Stream) (n events) {
	for _, st := range streams {
		for i := range st.Dirs {
			d := &st.Dirs[i]
			n.probes += d.Probes
			n.keepAlives += d.KeepAlives
			n.toZero += d.Window.ToZero
			n.fromZero += d.Window.FromZero
		}
	}
	return n
}

// counters compares event counts.
func (p *Proof) counters(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, others []*analyze.Stream) {
	all := countEvents(append(others, st)...)
	probes := st.Dirs[dir].Probes
	if w.ProbesFrom == "TCPWinProbe" {
		probes = all.probes
	}
	p.exact("probes", "count", new(int64(probes)), w.Probes, "probes seen", w.ProbesFrom).sampled(w, int64(all.probes))
	p.counter(w, "keep-alives", all.keepAlives, "keep-alives seen", "TCPKeepAlive", "")
	const transitions = "transitions on the wire"
	p.counter(w, "to zero window", all.toZero, transitions, "TCPToZeroWindowAdv", uncounted(w))
	p.counter(w, "from zero window", all.fromZero, transitions, "TCPFromZeroWindowAdv", uncounted(w))
}

// Sampled is why a count of probes that was sampled is not judged.
const Sampled = "the kernel's count is read now and then, which misses a probe just before the window opens"

// sampled withholds the row of the probes if the sender's backoff, which is sampled, shows
// fewer than were seen, and the counter of the whole machine admits all of them.
func (r *Row) sampled(w *kernel.Witness, all int64) {
	most, ok := w.Counter("TCPWinProbe")
	if w.ProbesFrom != "TCPWinProbe" && r.Difference != nil && *r.Difference > 0 && ok && all <= most {
		r.withhold(Sampled)
	}
}

// counter compares n events with a counter of the experiment's namespace. A namespace
// that others use may count more, which proves nothing, but not fewer. If why is not
// empty, it says why the row is not judged at all.
func (p *Proof) counter(w *kernel.Witness, name string, n uint64, method, counter, why string) {
	rise, ok := w.Counter(counter)
	if !ok {
		rise = kernel.Unknown
	}
	where := " of this namespace alone"
	if !w.Isolated {
		where = " of the whole machine"
	}
	r := p.exact(name, "count", new(int64(n)), rise, method, counter+where)
	switch {
	case r.Difference == nil:
	case why != "":
		r.withhold(why)
	case !w.Isolated && *r.Difference < 0:
		r.withhold(HostWide)
	}
}

// uncounted returns why the kernel's counts of zero windows, made in
// tcp_select_window, may differ from those on the wire, or "" if they can't.
func uncounted(w *kernel.Witness) string {
	rose := func(name string) bool {
		rise, ok := w.Counter(name)
		return !ok || rise > 0
	}
	switch {
	case rose("TCPRcvQDrop"):
		return "the kernel does not count zero windows sent because memory is short (ICSK_ACK_NOMEM)"
	case w.Isolated && rose("OutRsts"): // elsewhere it is one more reason to count more
		return "the kernel counts the meaningless window of a reset"
	}
	return ""
}
