// Package reporttest holds what the tests of the report formats share: results built by
// hand, results of real captures, and golden files.
package reporttest

import (
	"fmt"
	"net/netip"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/analyzetest"
	"winwatch/analyze/cause"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture"
	"winwatch/capture/kernel"
	"winwatch/report"
)

// A Fixture is material built by hand. It lets tests cover results that the analyzer rarely
// gives, and does not change when the analyzer does. Each call of a function that returns
// one builds it anew, so tests may change it.
type Fixture struct {
	// Name is the first part of the names of its golden files.
	Name string
	*report.Material
	// Verbose, Wireshark and Top are options for its text report.
	Verbose, Wireshark bool
	Top                int
}

// T0 is the begin of every fixture, in Unix nanoseconds.
const T0 = 1_355_332_193_177_209_000

// At returns the time that many seconds after T0, in Unix nanoseconds.
func At(seconds float64) int64 { return T0 + int64(seconds*1e9) }

func sec(s float64) time.Duration { return time.Duration(s * 1e9) }

// Fixtures returns all fixtures: the situations that every format must be able to report.
func Fixtures() []Fixture {
	return []Fixture{
		Flood(), FloodProof(), LinkProof(), Healthy(), UnknownScale(), ManyStreams(), ManyHealthy(), OpenAtBothEnds(), Damaged(), Empty(),
	}
}

// twoSides returns a stream whose client sends.
func twoSides(id int64, client, server string) *analyze.Stream {
	c, s := netip.MustParseAddrPort(client), netip.MustParseAddrPort(server)
	st := &analyze.Stream{ID: id, Client: c, Server: s, Handshake: analyze.HandshakeComplete, Closed: "open"}
	for dir := range st.Dirs {
		d := &st.Dirs[dir]
		d.Sender, d.Receiver = c, s
		d.Window.Scale = analyze.Scale{State: analyze.ScaleKnown, Shift: 7, Min: 7, Max: 7, Method: "both SYNs were captured"}
		d.Window.MaxRaw, d.Window.MinRaw = 512, 342
		none := analyze.NewEstimate("the window never closed", nil, nil, nil)
		d.Buffer = analyze.Buffer{Absorbed: none, LargestWindow: none, RcvBuf: none}
		d.Reader = analyze.Reader{Rate: none, AvoidBuffer: none, AvoidRate: none}
		d.Backlog = none
	}
	st.Dirs[1].Sender, st.Dirs[1].Receiver = s, c
	return st
}

// floodProbes are the probes of the demonstration: the second has no answer.
func floodProbes() []analyze.Probe {
	var probes []analyze.Probe
	t, frame := 4.528401, uint64(185)
	for i, gap := range []float64{0.235, 0.471, 0.942, 1.884, 3.772, 7.537} {
		t += gap
		p := analyze.Probe{Frame: frame, Time: At(t), Gap: sec(gap), Form: analyze.ProbeEmpty}
		if i == 1 {
			p.Silence = "rate-limited"
			frame--
		} else {
			p.AnswerFrame, p.AnswerTime = frame+1, At(t+13e-6)
		}
		probes = append(probes, p)
		frame += 2
	}
	return probes
}

// Flood is the classic demonstration: 10-byte sends to a server that never reads.
func Flood() Fixture {
	st := twoSides(0, "127.0.0.1:40846", "127.0.0.1:3000")
	st.RTT, st.Begin, st.End, st.FirstFrame, st.LastFrame = new(41*time.Microsecond), At(0), At(19.36855), 1, 195
	st.Span, st.Segments = sec(19.36855), 195
	d := &st.Dirs[0]
	d.Segments, d.DataSegments, d.Bytes, d.UniqueBytes, d.AckedBytes = 98, 88, 934544, 934544, 934544
	d.Probes, d.ProbeAnswers, d.MSS, d.MaxSegment, d.MaxInFlight = 6, 5, 65495, 16800, new(int64(16800))
	d.Window.MaxRaw, d.Window.MinRaw, d.Window.Largest = 3635, 0, new(int64(465280))
	d.Window.ZeroSegments, d.Window.ToZero, d.Window.Filled = 6, 1, 1
	d.Stalls = []analyze.Stall{{
		Begin: At(4.528401), BeginFrame: 184, ZeroBegin: At(4.528401), ZeroFrame: 184,
		End: At(19.36855), EndFrame: 195, EndedBy: analyze.EndCaptureEnded, Duration: sec(14.840149),
		Unread:     analyze.NewEstimate("all that was acknowledged: the right edge never rose for reading", new(int64(934544)), new(int64(934544)), new(int64(934544))),
		ProbeCount: 6, Probes: floodProbes(), Backoff: 2.0002, NextProbeDue: new(At(34.443)), WindowAtBegin: new(int64(0)),
		Blame: "the application behind 127.0.0.1:3000, by reading",
	}}
	d.StallCount, d.StallTime = 1, sec(14.840149)
	d.Budget = analyze.Budget{Total: sec(19.36855), ZeroWindow: sec(14.840149), Held: sec(0.240616), WindowFull: sec(0.000034), Network: sec(3.1), SenderIdle: sec(1.187751)}
	d.Buffer = analyze.Buffer{
		Absorbed:      analyze.NewEstimate("payload acknowledged while nobody read", new(int64(934544)), new(int64(934544)), nil),
		LargestWindow: analyze.NewEstimate("the largest window advertised: a poor estimate of a buffer", new(int64(465280)), nil, nil),
		RcvBuf:        analyze.NewEstimate("payload absorbed takes 25% to 98% of sk_rcvbuf", nil, new(int64(950000)), new(int64(3738176))),
		ExplicitlySet: new(false),
	}
	d.Backlog = analyze.NewEstimate("nothing came out after the stall", nil, nil, nil)
	st.Dirs[1].Window.Largest = new(int64(43776))
	analyzetest.Judge(st)
	r := &analyze.Result{
		Input: capture.Counters{Frames: 195, Segments: 195}, Segments: 195, StreamCount: 1,
		Begin: At(0), End: At(19.36855), Span: sec(19.36855), Bytes: 934544,
		Stalls: 1, Probes: 6, ZeroWindows: 6, StallTime: sec(14.840149), StalledStreams: 1,
		Warnings: []analyze.Warning{{Code: analyze.WarnClockJump, Text: "the clock jumped by 8.7 h and back; no duration contains it", Frame: 2, Count: 1}},
	}
	r = r.Select([]*analyze.Stream{st})
	return Fixture{Name: "flood", Material: &report.Material{Result: r, Timeline: floodTimeline()}}
}

// A Trace feeds samples of one stream to a timeline. Its frames count from 1.
type Trace struct {
	Timeline *chart.Timeline
	shift    int8
	id       int64
	frame    uint64
}

// Add adds a sample that was sent in a direction, t seconds after T0.
func (tr *Trace) Add(t float64, dir analyze.Dir, s analyze.Sample) {
	tr.frame++
	g := capture.Segment{Frame: tr.frame, Time: At(t), Flags: capture.ACK}
	if s.Events.Has(analyze.EventSYN) {
		g.Flags |= capture.SYN
	}
	s.Shift = tr.shift
	if tr.shift >= 0 && s.Window >= 0 {
		g.Window = uint16(s.Window >> tr.shift)
	} else if s.Window > 0 {
		g.Window, s.Window = uint16(s.Window), analyze.Unknown
	}
	s.Segment, s.Time, s.Stream, s.Dir = &g, g.Time, tr.id, dir
	tr.Timeline.Add(&s)
}

func floodTimeline() *chart.Timeline {
	tr := Trace{Timeline: chart.New(10_000), shift: 7}
	tr.Add(0, 0, analyze.Sample{Window: 43690, Events: analyze.EventSYN})
	tr.Add(0, 1, analyze.Sample{Window: 43690, Ack: 1, Events: analyze.EventSYN})
	tr.Add(0.000041, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: 1, SeqEnd: 1})
	sent := int64(1)
	window := int64(43776)
	for i := range 88 {
		t := 0.01 + float64(i)*0.0485
		n := int64(10_620)
		tr.Add(t, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: sent, SeqEnd: sent + n, InFlight: n})
		sent += n
		switch {
		case i < 25:
			window = min(window+17_000, 465280)
		case i > 44:
			window = max(window-10_620, 0) &^ 127
		}
		tr.Add(t+0.04, 1, analyze.Sample{Window: window, Ack: sent, Seq: 1, SeqEnd: 1})
	}
	tr.frame = 182
	tr.Add(4.528367, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: sent, SeqEnd: sent + 5504, InFlight: 5504, Events: analyze.EventWindowFull})
	sent += 5504
	tr.Add(4.528401, 1, analyze.Sample{Ack: sent, Events: analyze.EventZeroWindow})
	for _, p := range floodProbes() {
		tr.frame = p.Frame - 1
		tr.Add(float64(p.Time-T0)/1e9, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: sent - 1, SeqEnd: sent - 1, Events: analyze.EventProbe})
		if p.AnswerFrame != 0 {
			tr.Add(float64(p.AnswerTime-T0)/1e9, 1, analyze.Sample{Ack: sent, Events: analyze.EventZeroWindow | analyze.EventProbeAnswer})
		}
	}
	return tr.Timeline
}

// Healthy is one stream that only the network limited.
func Healthy() Fixture {
	st := twoSides(0, "[2001:db8::7]:51234", "[2001:db8:0:1::443]:443")
	st.RTT, st.Begin, st.End, st.FirstFrame, st.LastFrame, st.Closed = new(sec(0.0183)), At(0), At(2.4), 1, 3100, "fin"
	st.Span, st.Segments = sec(2.4), 3000
	d := &st.Dirs[1]
	d.Bytes, d.UniqueBytes, d.AckedBytes, d.DataSegments = 4_200_000, 4_200_000, 4_200_000, 2900
	d.Window.Largest, d.Window.MaxRaw = new(int64(3_145_728)), 24576
	d.Budget = analyze.Budget{Total: sec(2.4), Network: sec(2.2), SenderIdle: sec(0.2)}
	d.Buffer.LargestWindow = analyze.NewEstimate("the largest window advertised: a poor estimate of a buffer", new(int64(3_145_728)), nil, nil)
	analyzetest.Judge(st)
	r := &analyze.Result{
		Input: capture.Counters{Frames: 3100, Segments: 3000}, Segments: 3000, StreamCount: 1,
		Begin: At(0), End: At(2.4), Span: sec(2.4), Bytes: 4_200_000,
	}
	r.Input.Skipped[capture.NotIP], r.Input.Skipped[capture.NotTCP] = 12, 88
	r = r.Select([]*analyze.Stream{st})

	tr := Trace{Timeline: chart.New(10_000), shift: 7}
	sent := int64(1)
	for i := range 240 {
		t := float64(i) / 100
		flight := min(int64(14_480)*int64(1+i/4), 700_000)
		tr.Add(t, 1, analyze.Sample{Window: 65536, Ack: 1, Seq: sent, SeqEnd: sent + flight, InFlight: flight})
		sent += flight
		tr.Add(t+0.009, 0, analyze.Sample{Window: min(65536+int64(i)*40_000, 3_145_728) &^ 127, Ack: sent - flight/2, Seq: 1, SeqEnd: 1})
	}
	return Fixture{Name: "healthy", Material: &report.Material{Result: r, Timeline: tr.Timeline}}
}

// UnknownScale is a capture that began mid-stream: only the window field is known.
func UnknownScale() Fixture {
	st := twoSides(0, "10.1.2.3:50000", "10.9.8.7:873")
	st.Handshake, st.Begin, st.End, st.Span, st.FirstFrame, st.LastFrame, st.Segments = analyze.HandshakeNone, At(0), At(9), sec(9), 1, 90, 90
	st.Closed, st.ResetBy = "reset", new(analyze.ServerToClient)
	d := &st.Dirs[0]
	d.Bytes, d.Window.MaxRaw, d.Window.MinRaw = 800_000, 1702, 0
	d.Window.Scale = analyze.Scale{State: analyze.ScaleUnknown, Min: 5, Max: 14, Method: "data that was acknowledged needs a shift of 5; the SYN would settle it"}
	d.Probes, d.Window.ToZero, d.Window.FromZero, d.Window.ZeroSegments = 2, 1, 1, 3
	d.Stalls = []analyze.Stall{{
		Begin: At(2.5), BeginFrame: 50, ZeroBegin: At(2.75), ZeroFrame: 52, End: At(4), EndFrame: 60,
		EndedBy: analyze.EndProbeAnswer, Duration: sec(1.5), ProbeCount: 2,
		Unread: analyze.NewEstimate("what was acknowledged in the capture", nil, new(int64(20_000)), nil),
		Probes: []analyze.Probe{
			{Frame: 54, Time: At(3), Gap: sec(0.5), Form: analyze.ProbeDataByte, Len: 1, Silence: "peer-silent"},
			{Frame: 58, Time: At(3.9999), Gap: sec(1), Form: analyze.ProbeDataByte, Len: 1, AnswerFrame: 60, AnswerTime: At(4)},
		},
		Released: new(int64(120_000)), Blame: "the application behind 10.9.8.7:873, by reading",
	}}
	d.StallCount, d.StallTime = 1, sec(1.5)
	d.Budget = analyze.Budget{Total: sec(9), ZeroWindow: sec(1.25), Held: sec(0.25), Network: sec(7), Unjudged: sec(0.5)}
	d.Buffer.Absorbed = analyze.NewEstimate("payload acknowledged while nobody read", nil, new(int64(20_000)), nil)
	d.Reader = analyze.Reader{LastRead: new(At(4)), LastReadFrame: 60,
		Rate: analyze.NewEstimate("rise of the right edge", nil, new(int64(40_000)), new(int64(90_000)))}
	analyzetest.Judge(st)
	st.Warnings = []analyze.Warning{{Code: analyze.WarnScaleUnknown, Text: "the handshake was not captured: windows are not known in bytes", Count: 1}}
	r := &analyze.Result{Input: capture.Counters{Frames: 90, Segments: 90}, Segments: 90, StreamCount: 1,
		Begin: At(0), End: At(9), Span: sec(9), Bytes: 800_000, Stalls: 1, Probes: 2, StallTime: sec(1.5), StalledStreams: 1}
	r = r.Select([]*analyze.Stream{st})
	tr := Trace{Timeline: chart.New(10_000), shift: analyze.Unknown}
	for i := range 90 {
		t := float64(i) / 10
		w := int64(1702 - 34*i)
		if i > 40 {
			w = 1200
		}
		switch {
		case t > 2.7 && t < 4:
			tr.Add(t, 1, analyze.Sample{Events: analyze.EventZeroWindow})
		default:
			tr.Add(t, 1, analyze.Sample{Window: max(w, 700)})
		}
	}
	return Fixture{Name: "unknown-scale", Material: &report.Material{Result: r, Timeline: tr.Timeline}, Wireshark: true}
}

// ManyStreams is a busy server: 200 streams, 12 of which stalled.
func ManyStreams() Fixture {
	r := &analyze.Result{Input: capture.Counters{Frames: 52_000, Segments: 51_234}, Segments: 51_230,
		Begin: At(0), End: At(60), Span: sec(60), Bytes: 1_234_567_890, StreamCount: 200, StalledStreams: 12}
	r.Input.Skipped[capture.NotTCP], r.Input.Skipped[capture.CutShort] = 764, 2
	r.Input.Noted[capture.QuotedInICMP] = 4
	var streams []*analyze.Stream
	for id := range int64(200) {
		client := fmt.Sprintf("192.168.%d.%d:%d", id/50, id%50+1, 40_000+id)
		if id%17 == 0 {
			client = fmt.Sprintf("[2001:db8:aaaa:bbbb:cccc:dddd:eeee:%x]:%d", id, 40_000+id)
		}
		server := "10.0.0.9:443"
		if id%17 == 0 {
			server = "[2001:db8:1111:2222:3333:4444:5555:6666]:443"
		}
		st := twoSides(id, client, server)
		st.Begin, st.End, st.Span, st.FirstFrame, st.LastFrame = At(float64(id)/4), At(60), sec(60-float64(id)/4), uint64(id+1), uint64(id+50_000)
		d := &st.Dirs[1]
		d.Bytes, d.Window.Largest = 6_000_000+id*1000, new(int64(65536))
		d.Budget = analyze.Budget{Total: st.Span, SenderIdle: st.Span}
		analyzetest.Judge(st)
		if id%17 == 0 {
			stall(st, 20-float64(id)/17)
			r.Stalls, r.Probes, r.StallTime = r.Stalls+d.StallCount, r.Probes+int64(d.Probes), r.StallTime+d.StallTime
		}
		streams = append(streams, st)
	}
	r = r.Select(streams)
	return Fixture{Name: "many-streams", Material: &report.Material{Result: r}, Top: 8}
}

// ManyHealthy is a busy server without stalls.
func ManyHealthy() Fixture {
	f := ManyStreams()
	f.Name = "many-healthy"
	var fine []*analyze.Stream
	for st := range f.Result.All() {
		if st.ID%17 != 0 {
			fine = append(fine, st)
		}
	}
	r := f.Result
	r.Stalls, r.Probes, r.StalledStreams, r.StallTime = 0, 0, 0, 0
	r.StreamCount = int64(len(fine))
	f.Result = r.Select(fine)
	return f
}

// stall makes the client of st stop reading for the given time, in six stalls.
func stall(st *analyze.Stream, seconds float64) {
	d := &st.Dirs[1]
	for i := range 6 {
		begin, long := 20+5*float64(i), seconds/6+float64(i)/100
		frame := uint64(20_000 + 1000*i)
		d.Stalls = append(d.Stalls, analyze.Stall{
			Begin: At(begin), BeginFrame: frame, ZeroBegin: At(begin), ZeroFrame: frame,
			End: At(begin + long), EndFrame: frame + 9, EndedBy: analyze.EndWindowUpdate, Duration: sec(long),
			Unread:     analyze.NewEstimate("acknowledged and not read", new(int64(65536)), nil, nil),
			ProbeCount: 1, Probes: []analyze.Probe{{Frame: frame + 3, Time: At(begin + 0.2), Gap: sec(0.2), Form: analyze.ProbeEmpty, AnswerFrame: frame + 4, AnswerTime: At(begin + 0.22)}},
			Released: new(int64(65536)), Blame: "the application behind " + st.Client.String() + ", by reading",
		})
		d.StallCount++
		d.StallTime += sec(long)
		d.Probes++
	}
	d.Budget = analyze.Budget{Total: st.Span, ZeroWindow: d.StallTime, SenderIdle: st.Span - d.StallTime}
	analyzetest.Judge(st)
}

// OpenAtBothEnds is a stall that began before the capture and outlasted it, with more
// probes than reports list.
func OpenAtBothEnds() Fixture {
	st := twoSides(0, "10.0.0.1:50000", "10.0.0.2:80")
	st.Handshake, st.OneSided, st.Begin, st.End, st.Span, st.Segments = analyze.HandshakeNone, true, At(0), At(7200), sec(7200), 60
	st.FirstFrame, st.LastFrame = 1, 60
	d := &st.Dirs[0]
	d.Window.MaxRaw, d.Window.MinRaw = -1, -1
	d.Window.Scale = analyze.Scale{State: analyze.ScaleUnknown, Max: 14, Method: "no window was captured"}
	s := analyze.Stall{Begin: At(0), BeganBeforeCapture: true, BeginFrame: 1, End: At(7200), EndFrame: 60,
		EndedBy: analyze.EndCaptureEnded, Duration: sec(7200), Unread: analyze.NewEstimate("its begin was not captured", nil, nil, nil),
		ProbeCount: 60, NextProbeDue: new(At(7320))}
	for i := range 60 {
		s.Probes = append(s.Probes, analyze.Probe{Frame: uint64(i + 1), Time: At(float64(i) * 120), Gap: sec(120), Form: analyze.ProbeEmpty})
	}
	d.Stalls, d.StallCount, d.StallTime, d.Probes = []analyze.Stall{s}, 1, sec(7200), 60
	d.Budget = analyze.Budget{Total: sec(7200), Unjudged: sec(7200)}
	analyzetest.Judge(st)
	r := &analyze.Result{Input: capture.Counters{Frames: 60, Segments: 60}, Segments: 60, StreamCount: 1,
		Begin: At(0), End: At(7200), Span: sec(7200), Stalls: 1, Probes: 60, StallTime: sec(7200), StalledStreams: 1}
	r = r.Select([]*analyze.Stream{st})
	return Fixture{Name: "open-stall", Material: &report.Material{Result: r, Timeline: chart.New(1000)}}
}

// Damaged is a damaged capture with text that an attacker chose.
func Damaged() Fixture {
	f := Healthy()
	f.Name = "damaged"
	f.Result.Warnings = []analyze.Warning{
		{Code: analyze.WarnDamaged, Text: "evil\x1b]0;owned\x07\u202Efile\u009b31m.pcap: damaged at byte 4096, frame 17: \xff unexpected EOF", Frame: 17, Count: 1},
		{Code: analyze.WarnDropped, Text: "the kernel dropped packets", Count: 1234},
	}
	f.Result.Evicted = analyze.Evicted{Streams: 12345, Segments: 50_000, Bytes: 1_000_000, Stalled: 3}
	f.Result.Verdicts[0].Sentence = "=cmd|' /C calc'!A0 \x1b[31mred"
	f.Verbose, f.Wireshark = true, true
	return f
}

// Empty is a capture without TCP segments.
func Empty() Fixture {
	r := &analyze.Result{Input: capture.Counters{Frames: 3}}
	r.Input.Skipped[capture.NotTCP] = 3
	r = r.Select(nil)
	return Fixture{Name: "empty", Material: &report.Material{Result: r}}
}

// Hostile is text that an attacker might choose: a formula, sequences for terminals, markup,
// and a character of each kind that reorders, breaks or hides text, or is none.
const Hostile = "=1+1\x1b[2J\x07\u202e\u009b31m\xff\n\r\"'<b>,\u2028\u2067\u200b\u3164\ufe0f\U000e0041\U000e0fff\ue000\u0378\xed\xa0\x80\t"

// HostileFixture has Hostile wherever a result can contain text.
func HostileFixture() Fixture {
	f := FloodProof()
	st := f.Result.Stream(0)
	d := &st.Dirs[0]
	s := &d.Stalls[0]
	s.Blame = Hostile
	s.Probes[1].Silence = Hostile
	s.Probes[0].Form = Hostile
	d.Window.Scale.Method = Hostile
	for _, e := range []*analyze.Estimate{&s.Unread, &d.Buffer.Absorbed, &d.Buffer.LargestWindow, &d.Buffer.RcvBuf, &d.Backlog, &d.Reader.Rate} {
		*e = analyze.NewEstimate(Hostile, e.Value(), e.Low(), e.High())
	}
	st.Warnings = []analyze.Warning{{Code: Hostile, Text: Hostile}}
	f.Result.Warnings = st.Warnings
	v := &st.Verdict
	v.Code, v.Sentence, v.Confidence, v.Because, v.Command = Hostile, Hostile, "high", Hostile, Hostile
	v.Party, v.Cure, v.Settle, v.Excluded = Hostile, Hostile, Hostile, []string{Hostile}
	v.Evidence = []cause.Evidence{{Text: Hostile, Mark: cause.Mark{Frame: 184, Time: At(4.5)}}}
	st.Causes = []cause.Finding{v.Finding, v.Finding}
	st.Considered = []cause.Considered{{Code: Hostile, Why: Hostile}}
	f.Result.Verdicts = []analyze.Verdict{*v}
	f.Result.StreamCount = 2
	f.Result.Findings = []analyze.Group{{Severity: v.Severity, Code: v.Code, Party: v.Party, Streams: 2, Worst: v, Sentence: Hostile}}
	p := f.Proof
	p.Withheld = Hostile
	for i := range p.Rows {
		p.Rows[i].Name, p.Rows[i].Method, p.Rows[i].Source, p.Rows[i].Unjudged = Hostile, Hostile, Hostile, Hostile
	}
	p.Accepted.Explanation = Hostile
	w := f.Witness
	w.Blocked.Syscall, w.Blocked.Wchan, w.Blocked.Stack = Hostile, Hostile, []string{Hostile}
	w.Findings = []kernel.Finding{{Claim: Hostile, Evidence: Hostile}}
	w.Readings[0].Sender.State = Hostile
	w.Scenario, w.Expected.SetUp = Hostile, Hostile
	w.Path = &kernel.Path{Spec: Hostile}
	p.Cause = &proof.Cause{SetUp: Hostile, Expected: []string{Hostile}, Code: Hostile, Confidence: Hostile, Kernel: Hostile, Unjudged: Hostile}
	f.Verbose, f.Wireshark = true, true
	return f
}
