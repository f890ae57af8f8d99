package reporttest

import (
	"net/netip"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// FloodProof is Flood as an experiment, compared with the kernel.
func FloodProof() Fixture {
	f := Flood()
	f.Name = "flood-proof"
	row := func(name, unit string, inferred, kernel int64, method, source string) proof.Row {
		return proof.Row{Name: name, Unit: unit, Inferred: &inferred, Kernel: &kernel, Difference: new(inferred - kernel),
			Exact: true, Judged: true, OK: inferred == kernel, Method: method, Source: source}
	}
	accepted := &proof.Accepted{
		Bytes: 3553900, Half: 1776950, Absorbed: 934544, Backlog: 2619356, LargestWindow: new(int64(465280)),
		Explanation: "everything sent / 2 = 1,776,950 takes both buffers for equal and calls one of them the window",
	}
	rcvbuf := row("receive buffer", "bytes", 934544, 951552, "payload absorbed takes 25% to 98% of sk_rcvbuf", "SO_RCVBUF at the receiver")
	rcvbuf.Exact, rcvbuf.OK, rcvbuf.Low, rcvbuf.High = false, true, new(int64(950000)), new(int64(3738176))
	gone := proof.Row{Name: "window seen", Unit: "bytes", Exact: true, Method: "the last window the receiver advertised", Source: "tcpi_snd_wnd at the sender"}
	limited := row("time limited by the window", "ns", 15080799000, 15072000000, "zero window + small window + window full", "tcpi_rwnd_limited at the sender")
	limited.Exact, limited.OK, limited.Low, limited.High = false, true, new(int64(14112371500)), new(int64(16049226500))
	f.Proof = &proof.Proof{Isolated: true, Accepted: accepted, Rows: []proof.Row{
		row("receive queue", "bytes", 934544, 934544, "payload acknowledged - payload that recv() returned", "FIONREAD at the receiver"),
		rcvbuf,
		row("send queue", "bytes", 2619356, 2619356, "bytes that send() accepted - payload acknowledged", "SIOCOUTQ at the sender"),
		gone,
		row("probes", "count", 6, 7, "probes seen", "TCPWinProbe"),
		limited,
	}}
	f.Proof.Cause = &proof.Cause{
		SetUp: "the server never reads", Expected: []string{string(cause.ReceiverNotReading)}, Code: cause.ReceiverNotReading, Confidence: cause.High,
		Limit: kernel.LimitWindow, ExpectedLimit: kernel.LimitWindow, Kernel: "limited by the window for 97% of 15.5 s", Judged: true, OK: true,
	}
	f.Witness = witness()
	return f
}

func witness() *kernel.Witness {
	socket := kernel.SocketState{State: "ESTABLISHED", UnreadBytes: 934544, SendQueueBytes: 2619356, Probes: kernel.Unknown}
	return &kernel.Witness{
		Scenario: "send-blocking", Expected: kernel.Expected{SetUp: "the server never reads"}, Started: At(-0.1), Ended: At(20),
		Client: netip.MustParseAddrPort("127.0.0.1:40846"), Server: netip.MustParseAddrPort("127.0.0.1:3000"),
		Isolated: true, Kernel: "6.18.0", Congestion: "cubic", MTU: 65536, ChunkBytes: 10,
		Send:          kernel.CallStats{Calls: 355390, Bytes: 3553900, InCall: sec(4), Longest: sec(0.2)},
		AcceptedBytes: 3553900, Probes: 6, ProbesFrom: "TCPWinProbe",
		Blocked: &kernel.BlockedCall{At: At(4.6), Seen: At(5), TID: 4711, Syscall: "sendto", Number: 44,
			Args: [6]uint64{3, 0xc000012345, 10}, Wchan: "sk_stream_wait_memory", State: "S",
			Stack: []string{"sk_stream_wait_memory", "tcp_sendmsg_locked", "tcp_sendmsg", "__sys_sendto"}},
		Readings: []kernel.Reading{{Moment: kernel.MomentEnd, Time: At(19), Sender: socket, Receiver: socket, AcceptedBytes: 3553900}},
		Counters: []kernel.Counter{{Name: "TCPWinProbe", Before: 0, After: 6}},
		Findings: []kernel.Finding{
			{Claim: "a blocking send() sleeps once the send buffer is full", Holds: true, Evidence: "355,390 calls returned, the next did not for 14.8 s"},
			{Claim: "the receiver's window is half of what was sent", Holds: false, Evidence: "465,280 of 3,553,900 bytes"},
		},
	}
}

// LinkProof is Healthy as an experiment between two hosts, on a machine with other
// traffic: what was set up was not found, and the link failed to pass on a packet.
func LinkProof() Fixture {
	f := Healthy()
	f.Name = "link-proof"
	same := func(name string, n int64) proof.Row {
		return proof.Row{Name: name, Unit: "count", Inferred: &n, Kernel: &n, Difference: new(int64(0)),
			Exact: true, Judged: true, OK: true, Method: "counted", Source: "the kernel"}
	}
	busy := proof.Row{Name: "time busy", Unit: "ns", Inferred: new(int64(2_200_000_000)), Kernel: new(int64(2_500_000_000)), Low: new(int64(2_080_000_000)),
		High: new(int64(2_320_000_000)), Judged: true, Method: "all time except the sender's idle time", Source: "tcpi_busy_time at the sender"}
	buffer := proof.Row{Name: "send buffer", Unit: "bytes", Kernel: new(int64(4_194_304)), Unjudged: "send() never found the send buffer full"}
	others := proof.Row{Name: "keep-alives", Unit: "count", Inferred: new(int64(0)), Kernel: new(int64(3)), Difference: new(int64(-3)),
		Exact: true, Unjudged: proof.HostWide, Method: "keep-alives seen", Source: "TCPKeepAlive of the whole machine"}
	f.Proof = &proof.Proof{Dir: analyze.ServerToClient, Rows: []proof.Row{
		same("receive queue", 0), buffer, same("window seen", 0), same("probes", 0), others, same("to zero window", 2), busy,
	}, Cause: &proof.Cause{
		SetUp: "the link loses 1% of the packets", Expected: []string{string(cause.PathLoss)}, Code: cause.Healthy, Confidence: cause.High,
		Limit: kernel.LimitNetwork, ExpectedLimit: kernel.LimitNetwork, Kernel: "limited by the network for 92% of 2.4 s", Judged: true,
	}}
	f.Proof.Measured = &proof.Measured{Code: cause.Healthy, Lasted: sec(2.4), Throughput: &proof.Throughput{
		Span: 2 * time.Second, Kernel: new(int64(3_850_000)), Packets: new(int64(3_848_552)), Window: new(int64(78_000)),
		RTT: new(40 * time.Millisecond), SmallestRTT: new(40 * time.Millisecond), SmoothedRTT: new(41 * time.Millisecond),
	}}
	f.Witness = &kernel.Witness{
		Scenario: "lossy", Started: At(-0.1), Ended: At(3), Sender: kernel.ServerEnd,
		Client: netip.MustParseAddrPort("[2001:db8::7]:51234"), Server: netip.MustParseAddrPort("[2001:db8:0:1::443]:443"),
		Others:     []kernel.Connection{{Client: netip.MustParseAddrPort("[2001:db8::7]:51232"), Server: netip.MustParseAddrPort("[2001:db8:0:1::443]:443")}},
		CapturedAt: "server", Request: 42 * time.Millisecond, AcceptedBytes: 4_000_000,
		Kernel: "6.18.0", Congestion: "reno", MTU: 1500, ChunkBytes: 65536, RcvBufAsked: 1 << 20, Probes: kernel.Unknown,
		Expected: kernel.Expected{SetUp: "the link loses 1% of the packets", Causes: []string{string(cause.PathLoss)}, Limit: kernel.LimitNetwork},
		Path: &kernel.Path{Spec: "delay=20ms,rate=100mbit,queue=64k,loss=1%/0%", Ways: [2]kernel.Way{
			{Packets: 1202, Bytes: 62_504, Delivered: 1202, DeliveredBytes: 62_504},
			{Packets: 3100, Bytes: 4_650_000, Delivered: 3056, DeliveredBytes: 4_584_000, QueueFull: 12, Lost: 31, Duplicated: 2, Reordered: 5,
				Rewritten: 1, Filtered: 2, Missed: 1, QueuePeakBytes: 65_536, Latest: 412 * time.Microsecond},
		}},
		Findings: []kernel.Finding{{Claim: "a lost segment is sent again", Holds: true, Evidence: "31 segments were lost, 31 were sent again"}},
	}
	return f
}
