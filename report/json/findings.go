package json

import (
	"net/netip"

	"winwatch/analyze"
)

// findings writes what several streams have in common.
func (j *writer) findings(r *analyze.Result) {
	j.array("findings", func() {
		for i := range r.Findings {
			j.group(&r.Findings[i])
		}
	})
	j.object("other_findings", func() {
		j.int("streams", r.OtherFindings.Streams)
		j.span("wait_ns", r.OtherFindings.Wait)
	})
}

func (j *writer) group(g *analyze.Group) {
	j.object("", func() {
		j.string("severity", g.Severity.String())
		j.string("code", string(g.Code))
		j.string("party", string(g.Party))
		j.place("at", g.At)
		j.place("peer", g.Peer)
		j.string("sentence", g.Sentence)
		j.int("streams", g.Streams)
		j.span("wait_ns", g.Wait)
		if g.Worst == nil {
			j.null("worst_stream")
			j.null("worst_wait_ns")
		} else {
			j.int("worst_stream", g.Worst.Stream)
			j.span("worst_wait_ns", g.Worst.Wait)
		}
		j.string("confidence", string(g.Confidence))
		j.int("begin_ns", g.Begin)
		j.int("end_ns", g.End)
	})
}

// place writes a host or a port of it, or null if there is neither.
func (j *writer) place(key string, e netip.AddrPort) {
	if !e.IsValid() {
		j.null(key)
		return
	}
	j.object(key, func() {
		j.addr("address", e.Addr())
		j.intIf("port", e.Port() != 0, int64(e.Port()))
	})
}
