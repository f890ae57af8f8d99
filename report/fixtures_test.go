package report

import (
	"fmt"
	"net/netip"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/analyze/words"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

// A fixture is a result built by hand, so that reports can be tested on what an
// analyzer would rarely say, and don't change when it learns something.
type fixture struct {
	name    string
	result  *analyze.Result
	tl      *chart.Timeline
	outside *Outside
	options TextOptions
}

const t0 = 1_355_332_193_177_209_000

func at(seconds float64) int64 { return t0 + int64(seconds*1e9) }

func ptr[T any](v T) *T { return &v }

func sec(s float64) time.Duration { return time.Duration(s * 1e9) }

// fixtures are the situations that every text format must be able to tell.
func fixtures() []fixture {
	return []fixture{
		flood(), floodProof(), healthy(), unknownScale(), manyStreams(), manyHealthy(), openAtBothEnds(), damaged(), empty(),
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
		none := analyze.Estimate{Method: "the window never closed"}
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
		p := analyze.Probe{Frame: frame, Time: at(t), Gap: sec(gap), Form: analyze.ProbeEmpty}
		if i == 1 {
			p.Silence = "rate-limited"
			frame--
		} else {
			p.AnswerFrame, p.AnswerTime = frame+1, at(t+13e-6)
		}
		probes = append(probes, p)
		frame += 2
	}
	return probes
}

// flood is the classic demonstration: 10-byte sends to a server that never reads.
func flood() fixture {
	st := twoSides(0, "127.0.0.1:40846", "127.0.0.1:3000")
	st.RTT, st.Begin, st.End, st.FirstFrame, st.LastFrame = ptr(41*time.Microsecond), at(0), at(19.36855), 1, 195
	st.Span, st.Segments = sec(19.36855), 195
	d := &st.Dirs[0]
	d.Segments, d.DataSegments, d.Bytes, d.UniqueBytes, d.AckedBytes = 98, 88, 934544, 934544, 934544
	d.Probes, d.ProbeAnswers, d.MSS, d.MaxSegment, d.MaxInFlight = 6, 5, 65495, 16800, ptr[int64](16800)
	d.Window.MaxRaw, d.Window.MinRaw, d.Window.Largest = 3635, 0, ptr[int64](465280)
	d.Window.ZeroSegments, d.Window.ToZero, d.Window.Filled = 6, 1, 1
	d.Stalls = []analyze.Stall{{
		Begin: at(4.528401), BeginFrame: 184, ZeroBegin: at(4.528401), ZeroFrame: 184,
		End: at(19.36855), EndFrame: 195, EndedBy: analyze.EndCaptureEnded, Duration: sec(14.840149),
		Unread:     analyze.Estimate{Value: ptr[int64](934544), Low: ptr[int64](934544), High: ptr[int64](934544), Method: "all that was acknowledged: the right edge never rose for reading"},
		ProbeCount: 6, Probes: floodProbes(), Backoff: 2.0002, NextProbeDue: ptr(at(34.443)), WindowAtBegin: ptr[int64](0),
		Blame: "the application behind 127.0.0.1:3000, by reading",
	}}
	d.StallCount, d.StallTime = 1, sec(14.840149)
	d.Budget = analyze.Budget{Total: sec(19.36855), ZeroWindow: sec(14.840149), SmallWindow: sec(0.240616), WindowFull: sec(0.000034), Network: sec(3.1), SenderIdle: sec(1.187751)}
	d.Buffer = analyze.Buffer{
		Absorbed:      analyze.Estimate{Value: ptr[int64](934544), Low: ptr[int64](934544), Method: "payload acknowledged while nobody read"},
		LargestWindow: analyze.Estimate{Value: ptr[int64](465280), Method: "the largest window advertised: a poor estimate of a buffer"},
		RcvBuf:        analyze.Estimate{Low: ptr[int64](950000), High: ptr[int64](3738176), Method: "payload absorbed takes 25% to 98% of sk_rcvbuf"},
		ExplicitlySet: ptr(false),
	}
	d.Backlog = analyze.Estimate{Method: "nothing came out after the stall"}
	st.Dirs[1].Window.Largest = ptr[int64](43776)
	st.Verdict = analyze.Verdict{
		Stream: 0, Severity: cause.Problem, Code: "receiver-not-reading",
		Sentence:   "the application behind 127.0.0.1:3000 did not read for at least 14.840 s; 934,544 bytes waited in its receive queue; the sender probed 6 times; next probe due 15.074 s after the capture ended",
		Wait:       sec(14.840149),
		Confidence: "high", Because: "the handshake, the closing window and the probes were captured, and nothing was lost",
		Host: netip.MustParseAddr("127.0.0.1"), Command: "ss -tmien state established '( sport = :3000 )'",
		Frames: []uint64{183, 184, 185, 187, 188, 190, 192, 194},
	}
	r := &analyze.Result{
		Input: capture.Counters{Frames: 195, Segments: 195}, Segments: 195, StreamCount: 1,
		Begin: at(0), End: at(19.36855), Span: sec(19.36855), Bytes: 934544,
		Stalls: 1, Probes: 6, ZeroWindows: 6, StallTime: sec(14.840149), StalledStreams: 1,
		Verdicts: []analyze.Verdict{st.Verdict},
		Warnings: []analyze.Warning{{Code: "clock-jump", Text: "the clock jumped by 8.7 h and back; no duration contains it", Frame: 2, Count: 1}},
	}
	r.SetStreams([]*analyze.Stream{st})
	return fixture{name: "flood", result: r, tl: floodTimeline()}
}

// trace feeds samples of a stream to a timeline.
type trace struct {
	tl    *chart.Timeline
	id    int64
	frame uint64
	shift int8
}

func (tr *trace) add(t float64, dir analyze.Dir, s analyze.Sample) {
	tr.frame++
	g := capture.Segment{Frame: tr.frame, Time: at(t), Flags: capture.ACK}
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
	tr.tl.Add(&s)
}

func floodTimeline() *chart.Timeline {
	tr := trace{tl: chart.New(10_000), shift: 7}
	tr.add(0, 0, analyze.Sample{Window: 43690, Events: analyze.EventSYN})
	tr.add(0, 1, analyze.Sample{Window: 43690, Ack: 1, Events: analyze.EventSYN})
	tr.add(0.000041, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: 1, SeqEnd: 1})
	sent := int64(1)
	window := int64(43776)
	for i := range 88 {
		t := 0.01 + float64(i)*0.0485
		n := int64(10_620)
		tr.add(t, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: sent, SeqEnd: sent + n, InFlight: n})
		sent += n
		switch {
		case i < 25:
			window = min(window+17_000, 465280)
		case i > 44:
			window = max(window-10_620, 0) &^ 127
		}
		tr.add(t+0.04, 1, analyze.Sample{Window: window, Ack: sent, Seq: 1, SeqEnd: 1})
	}
	tr.frame = 182
	tr.add(4.528367, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: sent, SeqEnd: sent + 5504, InFlight: 5504, Events: analyze.EventWindowFull})
	sent += 5504
	tr.add(4.528401, 1, analyze.Sample{Ack: sent, Events: analyze.EventZeroWindow})
	for _, p := range floodProbes() {
		tr.frame = p.Frame - 1
		tr.add(float64(p.Time-t0)/1e9, 0, analyze.Sample{Window: 43776, Ack: 1, Seq: sent - 1, SeqEnd: sent - 1, Events: analyze.EventProbe})
		if p.AnswerFrame != 0 {
			tr.add(float64(p.AnswerTime-t0)/1e9, 1, analyze.Sample{Ack: sent, Events: analyze.EventZeroWindow | analyze.EventProbeAnswer})
		}
	}
	return tr.tl
}

// floodProof is the flood as an experiment, with the kernel beside it.
func floodProof() fixture {
	f := flood()
	f.name = "flood-proof"
	row := func(name, unit string, inferred, kernel int64, method, source string) proof.Row {
		return proof.Row{Name: name, Unit: unit, Inferred: &inferred, Kernel: &kernel, Difference: ptr(inferred - kernel),
			Exact: true, Judged: true, OK: inferred == kernel, Method: method, Source: source}
	}
	accepted := &proof.Accepted{
		Bytes: 3553900, Half: 1776950, Absorbed: 934544, Backlog: 2619356, LargestWindow: ptr[int64](465280),
		Explanation: "everything sent / 2 = 1776950 takes both buffers for equal and calls one of them the window",
	}
	rcvbuf := row("receive buffer", "bytes", 934544, 951552, "payload absorbed takes 25% to 98% of sk_rcvbuf", "SO_RCVBUF at the receiver")
	rcvbuf.Exact, rcvbuf.OK, rcvbuf.Low, rcvbuf.High = false, true, ptr[int64](950000), ptr[int64](3738176)
	gone := proof.Row{Name: "window seen", Unit: "bytes", Exact: true, Method: "the last window the receiver advertised", Source: "tcpi_snd_wnd at the sender"}
	limited := row("time limited by the window", "ns", 15080799000, 15072000000, "zero window + small window + window full", "tcpi_rwnd_limited at the sender")
	limited.Exact, limited.OK, limited.Low, limited.High = false, true, ptr[int64](14112371500), ptr[int64](16049226500)
	f.outside = &Outside{
		Proof: &proof.Proof{Isolated: true, Accepted: accepted, Rows: []proof.Row{
			row("receive queue", "bytes", 934544, 934544, "payload acknowledged - payload that recv() returned", "FIONREAD at the receiver"),
			rcvbuf,
			row("send queue", "bytes", 2619356, 2619356, "bytes that send() accepted - payload acknowledged", "SIOCOUTQ at the sender"),
			gone,
			row("probes", "count", 6, 7, "probes seen", "TCPWinProbe"),
			limited,
		}},
		Witness: witness(),
	}
	return f
}

func witness() *kernel.Witness {
	socket := kernel.SocketState{State: "ESTABLISHED", UnreadBytes: 934544, SendQueueBytes: 2619356, Probes: kernel.Unknown}
	return &kernel.Witness{
		Scenario: "send-blocking", Started: at(-0.1), Ended: at(20),
		Client: netip.MustParseAddrPort("127.0.0.1:40846"), Server: netip.MustParseAddrPort("127.0.0.1:3000"),
		Isolated: true, Kernel: "6.18.0", Congestion: "cubic", MTU: 65536, ChunkBytes: 10,
		Send:          kernel.CallStats{Calls: 355390, Bytes: 3553900, InCall: sec(4), Longest: sec(0.2)},
		AcceptedBytes: 3553900, Probes: 6, ProbesFrom: "TCPWinProbe",
		Blocked: &kernel.BlockedCall{At: at(4.6), Seen: at(5), TID: 4711, Syscall: "sendto", Number: 44,
			Args: [6]uint64{3, 0xc000012345, 10}, Wchan: "sk_stream_wait_memory", State: "S",
			Stack: []string{"sk_stream_wait_memory", "tcp_sendmsg_locked", "tcp_sendmsg", "__sys_sendto"}},
		Readings: []kernel.Reading{{Moment: kernel.MomentEnd, Time: at(19), Sender: socket, Receiver: socket, AcceptedBytes: 3553900}},
		Counters: []kernel.Counter{{Name: "TCPWinProbe", Before: 0, After: 6}},
		Findings: []kernel.Finding{
			{Claim: "a blocking send() sleeps once the send buffer is full", Holds: true, Evidence: "355,390 calls returned, the next did not for 14.8 s"},
			{Claim: "the receiver's window is half of what was sent", Holds: false, Evidence: "465,280 of 3,553,900 bytes"},
		},
	}
}

// healthy is one stream that nothing held back but the network.
func healthy() fixture {
	st := twoSides(0, "[2001:db8::7]:51234", "[2001:db8:0:1::443]:443")
	st.RTT, st.Begin, st.End, st.FirstFrame, st.LastFrame, st.Closed = ptr(sec(0.0183)), at(0), at(2.4), 1, 3100, "fin"
	st.Span, st.Segments = sec(2.4), 3000
	d := &st.Dirs[1]
	d.Bytes, d.UniqueBytes, d.AckedBytes, d.DataSegments = 4_200_000, 4_200_000, 4_200_000, 2900
	d.Window.Largest, d.Window.MaxRaw = ptr[int64](3_145_728), 24576
	d.Budget = analyze.Budget{Total: sec(2.4), Network: sec(2.2), SenderIdle: sec(0.2)}
	d.Buffer.LargestWindow = analyze.Estimate{Value: ptr[int64](3_145_728), Method: "the largest window advertised: a poor estimate of a buffer"}
	st.Verdict = analyze.Verdict{Dir: 1, Severity: cause.OK, Code: "healthy",
		Sentence: "the receiver's window never held the sender back", Confidence: "high", Because: "nothing was lost"}
	r := &analyze.Result{
		Input: capture.Counters{Frames: 3100, Segments: 3000}, Segments: 3000, StreamCount: 1,
		Begin: at(0), End: at(2.4), Span: sec(2.4), Bytes: 4_200_000, Verdicts: []analyze.Verdict{st.Verdict},
	}
	r.Input.Skipped[capture.NotIP], r.Input.Skipped[capture.NotTCP] = 12, 88
	r.SetStreams([]*analyze.Stream{st})

	tr := trace{tl: chart.New(10_000), shift: 7}
	sent := int64(1)
	for i := range 240 {
		t := float64(i) / 100
		flight := min(int64(14_480)*int64(1+i/4), 700_000)
		tr.add(t, 1, analyze.Sample{Window: 65536, Ack: 1, Seq: sent, SeqEnd: sent + flight, InFlight: flight})
		sent += flight
		tr.add(t+0.009, 0, analyze.Sample{Window: min(65536+int64(i)*40_000, 3_145_728) &^ 127, Ack: sent - flight/2, Seq: 1, SeqEnd: 1})
	}
	return fixture{name: "healthy", result: r, tl: tr.tl}
}

// unknownScale is a capture that began in the middle: the window field is all
// there is.
func unknownScale() fixture {
	st := twoSides(0, "10.1.2.3:50000", "10.9.8.7:873")
	st.Handshake, st.Begin, st.End, st.Span, st.FirstFrame, st.LastFrame, st.Segments = analyze.HandshakeNone, at(0), at(9), sec(9), 1, 90, 90
	st.Closed, st.ResetBy = "reset", ptr(analyze.ServerToClient)
	d := &st.Dirs[0]
	d.Bytes, d.Window.MaxRaw, d.Window.MinRaw = 800_000, 1702, 0
	d.Window.Scale = analyze.Scale{State: analyze.ScaleUnknown, Min: 5, Max: 14, Method: "data that was acknowledged needs a shift of 5; the SYN would settle it"}
	d.Probes, d.Window.ToZero, d.Window.FromZero, d.Window.ZeroSegments = 2, 1, 1, 3
	d.Stalls = []analyze.Stall{{
		Begin: at(2.5), BeginFrame: 50, ZeroBegin: at(2.75), ZeroFrame: 52, End: at(4), EndFrame: 60,
		EndedBy: analyze.EndProbeAnswer, Duration: sec(1.5), ProbeCount: 2,
		Unread: analyze.Estimate{Low: ptr[int64](20_000), Method: "what was acknowledged in the capture"},
		Probes: []analyze.Probe{
			{Frame: 54, Time: at(3), Gap: sec(0.5), Form: analyze.ProbeDataByte, Len: 1, Silence: "peer-silent"},
			{Frame: 58, Time: at(3.9999), Gap: sec(1), Form: analyze.ProbeDataByte, Len: 1, AnswerFrame: 60, AnswerTime: at(4)},
		},
		Released: ptr[int64](120_000), Blame: "the application behind 10.9.8.7:873, by reading",
	}}
	d.StallCount, d.StallTime = 1, sec(1.5)
	d.Budget = analyze.Budget{Total: sec(9), ZeroWindow: sec(1.25), SmallWindow: sec(0.25), Network: sec(7), Unjudged: sec(0.5)}
	d.Buffer.Absorbed = analyze.Estimate{Low: ptr[int64](20_000), Method: "payload acknowledged while nobody read"}
	d.Reader = analyze.Reader{LastRead: ptr(at(4)), LastReadFrame: 60,
		Rate: analyze.Estimate{Low: ptr[int64](40_000), High: ptr[int64](90_000), Method: "rise of the right edge"}}
	st.Verdict = analyze.Verdict{Severity: cause.Warning, Code: "receiver-slow",
		Sentence: "the application behind 10.9.8.7:873 stopped reading for 1.500 s", Wait: sec(1.5),
		Confidence: "medium", Because: "the window scale is unknown", Host: netip.MustParseAddr("10.9.8.7"),
		Command: "ss -tmien '( sport = :873 )'", Frames: []uint64{50, 52, 60}}
	st.Warnings = []analyze.Warning{{Code: "scale-unknown", Text: "the handshake was not captured: windows are not known in bytes", Count: 1}}
	r := &analyze.Result{Input: capture.Counters{Frames: 90, Segments: 90}, Segments: 90, StreamCount: 1,
		Begin: at(0), End: at(9), Span: sec(9), Bytes: 800_000, Stalls: 1, Probes: 2, StallTime: sec(1.5), StalledStreams: 1,
		Verdicts: []analyze.Verdict{st.Verdict}}
	r.SetStreams([]*analyze.Stream{st})
	tr := trace{tl: chart.New(10_000), shift: analyze.Unknown}
	for i := range 90 {
		t := float64(i) / 10
		w := int64(1702 - 34*i)
		if i > 40 {
			w = 1200
		}
		switch {
		case t > 2.7 && t < 4:
			tr.add(t, 1, analyze.Sample{Events: analyze.EventZeroWindow})
		default:
			tr.add(t, 1, analyze.Sample{Window: max(w, 700)})
		}
	}
	return fixture{name: "unknown-scale", result: r, tl: tr.tl, options: TextOptions{Wireshark: true}}
}

// manyStreams is a busy server: 200 streams, 12 of which stalled.
func manyStreams() fixture {
	r := &analyze.Result{Input: capture.Counters{Frames: 52_000, Segments: 51_234}, Segments: 51_230,
		Begin: at(0), End: at(60), Span: sec(60), Bytes: 1_234_567_890, StreamCount: 200, StalledStreams: 12}
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
		st.Begin, st.End, st.Span, st.FirstFrame, st.LastFrame = at(float64(id)/4), at(60), sec(60-float64(id)/4), uint64(id+1), uint64(id+50_000)
		d := &st.Dirs[1]
		d.Bytes, d.Window.Largest = 6_000_000+id*1000, ptr[int64](65536)
		d.Budget = analyze.Budget{Total: st.Span, SenderIdle: st.Span}
		st.Verdict = analyze.Verdict{Stream: id, Dir: 1, Code: "healthy", Sentence: "the receiver's window never held the sender back"}
		if id%17 == 0 {
			stall(st, 20-float64(id)/17)
			r.Stalls, r.Probes, r.StallTime = r.Stalls+d.StallCount, r.Probes+int64(d.Probes), r.StallTime+d.StallTime
			r.Verdicts = append(r.Verdicts, st.Verdict)
		}
		streams = append(streams, st)
	}
	r.SetStreams(streams)
	return fixture{name: "many-streams", result: r, options: TextOptions{Top: 8}}
}

// manyHealthy is a busy server that nobody kept waiting.
func manyHealthy() fixture {
	f := manyStreams()
	f.name = "many-healthy"
	var fine []*analyze.Stream
	for st := range f.result.All() {
		if st.ID%17 != 0 {
			fine = append(fine, st)
			f.result.Verdicts = append(f.result.Verdicts, st.Verdict)
		}
	}
	r := f.result
	r.Verdicts, r.Stalls, r.Probes, r.StalledStreams, r.StallTime = r.Verdicts[12:], 0, 0, 0, 0
	r.StreamCount = int64(len(fine))
	r.SetStreams(fine)
	return f
}

// stall makes the client of st stop reading for so many seconds, in six pieces.
func stall(st *analyze.Stream, seconds float64) {
	d := &st.Dirs[1]
	for i := range 6 {
		begin, long := 20+5*float64(i), seconds/6+float64(i)/100
		frame := uint64(20_000 + 1000*i)
		d.Stalls = append(d.Stalls, analyze.Stall{
			Begin: at(begin), BeginFrame: frame, ZeroBegin: at(begin), ZeroFrame: frame,
			End: at(begin + long), EndFrame: frame + 9, EndedBy: analyze.EndWindowUpdate, Duration: sec(long),
			Unread:     analyze.Estimate{Value: ptr[int64](65536), Method: "acknowledged and not read"},
			ProbeCount: 1, Probes: []analyze.Probe{{Frame: frame + 3, Time: at(begin + 0.2), Gap: sec(0.2), Form: analyze.ProbeEmpty, AnswerFrame: frame + 4, AnswerTime: at(begin + 0.22)}},
			Released: ptr[int64](65536), Blame: "the application behind " + st.Client.String() + ", by reading",
		})
		d.StallCount++
		d.StallTime += sec(long)
		d.Probes++
	}
	d.Budget = analyze.Budget{Total: st.Span, ZeroWindow: d.StallTime, SenderIdle: st.Span - d.StallTime}
	st.Verdict = analyze.Verdict{Stream: st.ID, Dir: 1, Severity: cause.Problem, Code: "receiver-not-reading",
		Sentence: fmt.Sprintf("the application behind %s did not read for %s in 6 stalls", st.Client, words.Duration(d.StallTime)),
		Wait:     d.StallTime, Confidence: "high", Because: "window, probes and reopening were captured",
		Host: st.Client.Addr(), Command: fmt.Sprintf("ss -tmien '( sport = :%d )'", st.Client.Port()), Frames: []uint64{20_000, 20_009}}
}

// openAtBothEnds is a stall that was on before the capture and after it, with
// more probes than are listed.
func openAtBothEnds() fixture {
	st := twoSides(0, "10.0.0.1:50000", "10.0.0.2:80")
	st.Handshake, st.OneSided, st.Begin, st.End, st.Span, st.Segments = analyze.HandshakeNone, true, at(0), at(7200), sec(7200), 60
	st.FirstFrame, st.LastFrame = 1, 60
	d := &st.Dirs[0]
	d.Window.MaxRaw, d.Window.MinRaw = -1, -1
	d.Window.Scale = analyze.Scale{State: analyze.ScaleUnknown, Max: 14, Method: "no window was captured"}
	s := analyze.Stall{Begin: at(0), BeganBeforeCapture: true, BeginFrame: 1, End: at(7200), EndFrame: 60,
		EndedBy: analyze.EndCaptureEnded, Duration: sec(7200), Unread: analyze.Estimate{Method: "its begin was not captured"},
		ProbeCount: 60, NextProbeDue: ptr(at(7320))}
	for i := range 60 {
		s.Probes = append(s.Probes, analyze.Probe{Frame: uint64(i + 1), Time: at(float64(i) * 120), Gap: sec(120), Form: analyze.ProbeEmpty})
	}
	d.Stalls, d.StallCount, d.StallTime, d.Probes = []analyze.Stall{s}, 1, sec(7200), 60
	d.Budget = analyze.Budget{Total: sec(7200), Unjudged: sec(7200)}
	st.Verdict = analyze.Verdict{Severity: cause.Problem, Code: "receiver-not-reading",
		Sentence: "10.0.0.2:80 kept its window closed for at least 2.0 h", Wait: sec(7200), Confidence: "low", Because: "only the sender's side was captured"}
	r := &analyze.Result{Input: capture.Counters{Frames: 60, Segments: 60}, Segments: 60, StreamCount: 1,
		Begin: at(0), End: at(7200), Span: sec(7200), Stalls: 1, Probes: 60, StallTime: sec(7200), StalledStreams: 1,
		Verdicts: []analyze.Verdict{st.Verdict}}
	r.SetStreams([]*analyze.Stream{st})
	return fixture{name: "open-stall", result: r, tl: chart.New(1000)}
}

// damaged has names and reasons in it that a stranger chose.
func damaged() fixture {
	f := healthy()
	f.name = "damaged"
	f.result.Warnings = []analyze.Warning{
		{Code: "damaged", Text: "evil\x1b]0;owned\x07\u202Efile\u009b31m.pcap: damaged at byte 4096, frame 17: \xff unexpected EOF", Frame: 17, Count: 1},
		{Code: "drops", Text: "the kernel dropped packets", Count: 1234},
	}
	f.result.Evicted = analyze.Evicted{Streams: 12345, Segments: 50_000, Bytes: 1_000_000, Stalled: 3}
	f.result.Verdicts[0].Sentence = "=cmd|' /C calc'!A0 \x1b[31mred"
	f.options = TextOptions{Verbose: true, Wireshark: true}
	return f
}

// empty is a capture without a TCP segment.
func empty() fixture {
	r := &analyze.Result{Input: capture.Counters{Frames: 3}}
	r.Input.Skipped[capture.NotTCP] = 3
	r.SetStreams(nil)
	return fixture{name: "empty", result: r}
}
