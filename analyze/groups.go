package analyze

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"winwatch/analyze/cause"
)

// groups collects streams with findings by cause and place. Whoever sends the packets
// determines how many places there are, so beyond most groups, the smaller half are
// dropped into rest. If streams of a dropped group follow, they begin a new one; so with
// that many groups, the sizes of the small ones are lower bounds.
type groups struct {
	most int
	all  map[groupKey]*group
	rest Rest
}

type groupKey struct {
	code     cause.Code
	at, peer netip.AddrPort
}

// group is a Group while streams are added.
type group struct {
	key      groupKey
	party    cause.Party
	severity cause.Severity
	streams  int64
	wait     time.Duration
	begin    int64
	end      int64
	worst    ranking // of groupSample streams
}

// groupSample is how many streams of a group are asked how sure they are: explaining all
// would take longer than following them.
const groupSample = 3

// member is a stream with a finding.
type member struct {
	cause.Judgement
	client, server netip.AddrPort
	first, last    int64
}

// memberOf returns a tracked stream as a member of a group.
func memberOf(st *stream, j cause.Judgement) member {
	return member{j, st.endpoint(st.client), st.endpoint(st.client ^ 1), st.first, st.last}
}

// derivedMember returns a derived stream as a member of a group.
func derivedMember(s *Stream, j cause.Judgement) member {
	d := &s.Dirs[ClientToServer]
	return member{j, d.Sender, d.Receiver, s.Begin, s.End}
}

// again returns the member with another judgement.
func (m member) again(j cause.Judgement) member {
	m.Judgement = j
	return m
}

// ends returns the sender and the receiver of a direction.
func (m *member) ends(dir int) (sender, receiver netip.AddrPort) {
	if Dir(dir) == ClientToServer {
		return m.client, m.server
	}
	return m.server, m.client
}

// span returns the times between which the stream waited or, if they are not known, lasted.
func (m *member) span() (begin, end int64) {
	if m.Begin == 0 {
		return m.first, m.last
	}
	return m.Begin, m.End
}

// add adds a stream if it has a finding. x says where the stream is; it is nil if the stream
// was evicted and not kept.
func (gs *groups) add(m *member, x *rank) {
	if m.Severity == cause.OK {
		return
	}
	sender, receiver := m.ends(m.Flow)
	at, peer := concerned(m.Party, sender, receiver, Dir(m.Flow))
	begin, end := m.span()
	g := gs.group(groupKey{m.Code, at, peer}, m.Party, begin)
	g.grow(m.Severity, 1, m.Wait, begin, end)
	if x != nil {
		r := *x
		r.severity, r.wait = m.Severity, int64(m.Wait)
		g.worst.add(r)
	}
}

// group returns the group with a key. If it is new, it begins at begin.
func (gs *groups) group(key groupKey, p cause.Party, begin int64) *group {
	g := gs.all[key]
	if g == nil {
		gs.makeRoom()
		g = &group{key: key, party: p, begin: begin, end: begin, worst: ranking{most: groupSample}}
		if gs.all == nil {
			gs.all = map[groupKey]*group{}
		}
		gs.all[key] = g
	}
	return g
}

// grow adds streams to a group.
func (g *group) grow(severity cause.Severity, streams int64, wait time.Duration, begin, end int64) {
	g.severity = max(g.severity, severity)
	g.streams += streams
	g.wait = time.Duration(plus(int64(g.wait), int64(wait)))
	g.begin, g.end = min(g.begin, begin), max(g.end, end)
}

// makeRoom drops the smaller half of the groups if there are too many.
func (gs *groups) makeRoom() {
	if len(gs.all) < gs.most {
		return
	}
	for _, g := range gs.sorted()[gs.most/2:] {
		gs.drop(g)
		delete(gs.all, g.key)
	}
}

func (gs *groups) drop(g *group) { gs.rest.add(g.streams, g.wait) }

// include adds the groups of streams that were evicted.
func (gs *groups) include(gone *groups) {
	for _, g := range gone.sorted() {
		gs.group(g.key, g.party, g.begin).grow(g.severity, g.streams, g.wait, g.begin, g.end)
	}
	gs.rest.add(gone.rest.Streams, gone.rest.Wait)
}

// sorted returns the groups, worst first.
func (gs *groups) sorted() []*group {
	return slices.SortedFunc(maps.Values(gs.all), func(x, y *group) int {
		return cmp.Or(cmp.Compare(y.severity, x.severity), cmp.Compare(y.wait, x.wait), cmp.Compare(y.streams, x.streams),
			cmp.Compare(x.begin, y.begin), x.key.compare(&y.key))
	})
}

func (k *groupKey) compare(o *groupKey) int {
	return cmp.Or(cmp.Compare(k.code, o.code), k.at.Compare(o.at), k.peer.Compare(o.peer))
}

// findings returns the worst groups, at most most, and what they leave out. verdict returns
// the verdict on a ranked stream.
func (gs *groups) findings(most int, verdict func(*rank) *Verdict) (list []Group, rest Rest) {
	rest = gs.rest
	for i, g := range gs.sorted() {
		if i < most {
			list = append(list, g.finding(verdict))
		} else {
			rest.add(g.streams, g.wait)
		}
	}
	return list, rest
}

func (g *group) finding(verdict func(*rank) *Verdict) Group {
	out := Group{
		Severity: g.severity, Code: g.key.code, Party: g.party, At: g.key.at, Peer: g.key.peer,
		Streams: g.streams, Wait: g.wait, Begin: g.begin, End: g.end, Confidence: cause.Low,
	}
	for i, r := range g.worst.sorted() {
		v := verdict(&r)
		if i == 0 {
			out.Worst, out.Confidence = v, v.Confidence
		}
		out.Confidence = out.Confidence.AtMost(v.Confidence)
	}
	out.say()
	return out
}

// groupsOf groups the findings of derived streams.
func groupsOf(list []*Stream) *groups {
	gs := &groups{most: len(list)}
	for _, s := range list {
		v := &s.Verdict
		j := cause.Judgement{Severity: v.Severity, Code: v.Code, Party: v.Party, Flow: int(v.Dir), Wait: v.Wait}
		x := rankOf(s)
		x.kept = &derived{Stream: s}
		m := derivedMember(s, j)
		gs.add(&m, &x)
	}
	return gs
}

// verdict returns the verdict on a derived stream.
func (x *rank) verdict() *Verdict { return &x.kept.Verdict }

// left are the findings of streams that were evicted and not kept.
type left struct {
	groups groups
	causes *cause.Catalogue
	facts  cause.Facts // of the stream evicted last
}

// add adds a stream that was evicted; its facts are gathered.
func (l *left) add(st *stream) {
	m := memberOf(st, l.causes.Judge(&l.facts))
	l.groups.add(&m, nil)
}

// addDerived adds a stream that is kept no longer.
func (l *left) addDerived(k *derived) {
	m := derivedMember(k.Stream, l.causes.Judge(&k.facts))
	l.groups.add(&m, nil)
}
