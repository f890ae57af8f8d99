package analyze

import "winwatch/analyze/cause"

// survey judges all streams, including evicted ones, ranks them, groups their findings and
// sums them up.
type survey struct {
	v     *view
	sums  totals
	worst ranking
	found groups
	// stalled are the worst streams with stalls. Whether they wait for others is known
	// only once all were seen; they are ranked and grouped after that.
	stalled ranking
}

// survey judges all streams and ranks the most worst ones.
func (v *view) survey(most int) *survey {
	cfg := &v.a.cfg
	s := &survey{v: v, worst: ranking{most: most}, found: groups{most: cfg.MaxGroups}, stalled: ranking{most: cfg.MaxChained}}
	for _, sh := range v.a.shards {
		s.sums.add(&sh.gone)
		e := newEnding(sh)
		for id, st := range sh.live() {
			s.tracked(e, id, st)
		}
		for _, k := range sh.kept {
			x := rankOf(k.Stream)
			x.kept = k
			s.note(x, derivedMember(k.Stream, s.judge(x.id, &k.facts)))
		}
		s.found.include(&sh.left.groups)
	}
	s.follow()
	return s
}

// tracked takes a tracked stream. Only one that is not judged outright has to be ended first.
func (s *survey) tracked(e *ending, id int64, st *stream) {
	x := rank{id: id, st: st, shard: e.of, bytes: st.flows[0].bytes + st.flows[1].bytes}
	j, ok := st.outright()
	if !ok {
		st = e.end(st)
	}
	x.wait = e.sum(&s.sums, st)
	if !ok {
		e.gather(st, s.v.dropped, &e.facts)
		j = s.judge(id, &e.facts)
	}
	if j.Severity == cause.OK {
		s.worst.add(x)
		return
	}
	s.note(x, memberOf(st, j))
}

// outright judges a stream if that takes no look at the causes, as with most of many: it
// had no trouble, and both directions were captured, or no connection came about.
func (st *stream) outright() (j cause.Judgement, ok bool) {
	a, b := &st.flows[0], &st.flows[1]
	if a.state|b.state|a.pace|b.pace|a.resent|b.resent != 0 || st.is(isForked) {
		return j, false
	}
	switch h := st.handshakeSeen(); {
	case h == HandshakeRefused || h == HandshakeUnanswered:
		return cause.NoConnection(h == HandshakeRefused, nanos(st.span())), a.dataSegs|b.dataSegs == 0
	case !st.bothSides() || a.class == unjudged || b.class == unjudged || a.unjudged|b.unjudged != 0:
		return j, false
	}
	return j, true
}

// judge judges the stream with that number.
func (s *survey) judge(id int64, f *cause.Facts) cause.Judgement {
	s.v.chains.tell(id, f)
	return s.v.a.causes.Judge(f)
}

// note takes a stream. If it stalled, it may wait for another one.
func (s *survey) note(x rank, m member) {
	x.severity = m.Severity
	if x.wait == 0 || m.Severity == cause.OK || s.v.chains.known {
		s.place(x, m)
		return
	}
	if !s.stalled.wants(&x) {
		s.place(x, m)
		return
	}
	kept := m // m itself stays off the heap
	x.member = &kept
	if rest := s.stalled.add(x); rest.member != nil {
		s.place(rest, *rest.member)
	}
}

// place ranks and groups a stream.
func (s *survey) place(x rank, m member) {
	x.member = nil
	s.worst.add(x)
	s.found.add(&m, &x)
}

// follow finds which of the stalled streams wait for others, and places them.
func (s *survey) follow() {
	stalled := s.stalled.sorted()
	s.v.chains.find(s.v, stalled)
	for _, x := range stalled {
		m := *x.member
		if s.v.chains.behind[x.id] != nil {
			s.v.facts(&x, func(f *cause.Facts) { m = m.again(s.judge(x.id, f)) })
			x.severity = m.Severity
		}
		s.place(x, m)
	}
}

// list returns the worst streams, worst first.
func (s *survey) list() (list []*Stream) {
	for _, x := range s.worst.sorted() {
		list = append(list, s.v.ranked(&x))
	}
	return list
}
