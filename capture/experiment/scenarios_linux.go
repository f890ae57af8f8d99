package experiment

import (
	"slices"

	"winwatch/capture/kernel"
)

var (
	// filling are the settings that decide how long a flood takes to fill the receiver's
	// buffer: with small writes into a large one, that is longer than the stall that the
	// scenario is about.
	filling = []Setting{SetChunk, SetRcvBuf}
	// reading are the settings that decide how fast the receiver reads.
	reading = []Setting{SetReadSize, SetReadInterval}
)

// Scenarios returns all experiments in the order in which to introduce them.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "send-blocking", Teaches: LessonCalls, Chunk: 10, run: sendBlocking,
			Summary: "send() fills both kernel buffers, then blocks; the closed window is probed",
			Expected: kernel.Expected{SetUp: "the server never reads",
				Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow},
			Sensitive: filling},
		{Name: "send-nonblocking", Brief: true, Teaches: LessonCalls, Chunk: 64 << 10, run: sendNonblocking,
			Summary: "the same with O_NONBLOCK: EAGAIN, partial writes, and when poll() says writable",
			Expected: kernel.Expected{SetUp: "the server reads nothing at first, then step by step until the client can send again",
				Causes: []string{"receiver-not-reading", "receiver-slow"}, Limit: kernel.LimitWindow},
			Sensitive: filling},
		{Name: "recv-blocking", Teaches: LessonCalls, Chunk: 10, sender: kernel.ServerEnd, check: checkAnswer, run: recvBlocking,
			Summary: "recv() waits for data, and what wakes it",
			Expected: kernel.Expected{SetUp: "the server sends once, and has nothing else to send",
				Causes: []string{"sender-idle", "ok"}, Limit: kernel.LimitApplication},
			Sensitive: []Setting{SetChunk}},
		{Name: "recv-nonblocking", Teaches: LessonCalls, Chunk: 10, sender: kernel.ServerEnd, check: checkAnswer, run: recvNonblocking,
			Summary: "recv() says EAGAIN, EINTR and 0",
			Expected: kernel.Expected{SetUp: "the server sends once, and has nothing else to send",
				Causes: []string{"sender-idle", "ok"}, Limit: kernel.LimitApplication},
			Sensitive: []Setting{SetChunk}},
		{Name: "drain", Brief: true, Teaches: LessonWindow, Chunk: 1000, run: drain,
			Summary: "a stall ends because the server reads: the window opens and send() comes back",
			Expected: kernel.Expected{SetUp: "the server does not read until the client has been blocked for a while, then reads everything",
				Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow},
			Sensitive: slices.Concat(filling, reading)},
		{Name: "slow-reader", Teaches: LessonWindow, Chunk: 1000, run: slowReader,
			Summary: "a server that reads a little now and then: the window opens in large steps",
			Expected: kernel.Expected{SetUp: "the server reads less than the client could send",
				Causes: []string{"receiver-slow"}, Limit: kernel.LimitWindow},
			Sensitive: slices.Concat(filling, reading, []Setting{SetHold})},
		{Name: "window-shrink", Brief: true, Teaches: LessonWindow, Chunk: 1000, NeedsIsolation: true, check: checkShrink, run: windowShrink,
			Summary: "a receiver takes back window it has offered (net.ipv4.tcp_shrink_window=1)",
			Expected: kernel.Expected{SetUp: "the server never reads, and lowering SO_RCVBUF takes back the window that it has offered",
				Causes: []string{"receiver-not-reading", "receiver-memory"}, Limit: kernel.LimitWindow},
			Sensitive: filling},
		{Name: "no-scaling", Teaches: LessonWindow, Chunk: 10, NeedsIsolation: true, run: noScaling,
			Summary: "no window scale option: windows of 65,535 bytes at most (net.ipv4.tcp_window_scaling=0)",
			Expected: kernel.Expected{SetUp: "the server never reads",
				Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow},
			Sensitive: filling},
		peek,
		overhead,
		windowLimited,
		windowBelowMSS,
		sndbufLimited,
		appLimited,
		{Name: "nagle", Teaches: LessonTimers, Chunk: 10, run: nagle,
			Summary: "small writes by default: held back while data is unacknowledged",
			Expected: kernel.Expected{SetUp: "the client's small writes wait for acknowledgments that the server delays",
				Causes: []string{"delayed-ack"}, Limit: kernel.LimitNetwork},
			Sensitive: []Setting{SetChunk}},
		{Name: "nodelay", Teaches: LessonTimers, Chunk: 10, run: nodelay,
			Summary: "small writes with TCP_NODELAY: each a segment of its own",
			Expected: kernel.Expected{SetUp: "each of the client's small writes leaves at once",
				Causes: []string{"sender-idle", "ok"}},
			Sensitive: []Setting{SetChunk}},
		{Name: "keepalive", Teaches: LessonTimers, Chunk: 1000, check: checkKeepalive, run: keepalive,
			Summary: "keep-alives on an idle connection and during a zero window: they are not probes",
			Expected: kernel.Expected{SetUp: "the client has nothing to send at first; then it floods a server that never reads",
				Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow},
			Sensitive: filling},
		{Name: "close-unread", Teaches: LessonEnds, Chunk: 1000, run: closeUnread,
			Summary: "the server closes with unread data: a reset, and what send() returns",
			Expected: kernel.Expected{SetUp: "the server never reads, then closes",
				Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow},
			Sensitive: filling},
		halfClose,
		fastOpen,
		deadlock,
		proxy,
		cwndLimited,
		rateLimited,
		lossy,
		updateLost,
		pathCut,
		scaleStripped,
	}
}
