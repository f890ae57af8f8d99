package experiment

import "winwatch/capture/kernel"

// Scenarios returns all experiments in the order in which to introduce them.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "send-blocking", Chunk: 10, run: sendBlocking,
			Summary: "send() fills both kernel buffers, then blocks; the closed window is probed"},
		{Name: "send-nonblocking", Chunk: 64 << 10, run: sendNonblocking,
			Summary: "the same with O_NONBLOCK: EAGAIN, partial writes, and when poll() says writable"},
		{Name: "recv-blocking", Chunk: 10, sender: kernel.ServerEnd, run: recvBlocking,
			Summary: "recv() waits for data, and what wakes it"},
		{Name: "recv-nonblocking", Chunk: 10, sender: kernel.ServerEnd, run: recvNonblocking,
			Summary: "recv() says EAGAIN, EINTR and 0"},
		{Name: "drain", Chunk: 1000, run: drain,
			Summary: "a stall ends because the server reads: the window opens and send() comes back"},
		{Name: "slow-reader", Chunk: 1000, run: slowReader,
			Summary: "a server that reads a little now and then: the window opens in large steps"},
		{Name: "nagle", Chunk: 10, run: nagle,
			Summary: "small writes by default: held back while data is unacknowledged"},
		{Name: "nodelay", Chunk: 10, run: nodelay,
			Summary: "small writes with TCP_NODELAY: each a segment of its own"},
		{Name: "keepalive", Chunk: 1000, run: keepalive,
			Summary: "keep-alives on an idle connection and during a zero window: they are not probes"},
		{Name: "close-unread", Chunk: 1000, run: closeUnread,
			Summary: "the server closes with unread data: a reset, and what send() returns"},
		{Name: "window-shrink", Chunk: 1000, NeedsIsolation: true, run: windowShrink,
			Summary: "a receiver takes back window it has offered (net.ipv4.tcp_shrink_window=1)"},
		{Name: "no-scaling", Chunk: 10, NeedsIsolation: true, run: noScaling,
			Summary: "no window scale option: windows of 65,535 bytes at most (net.ipv4.tcp_window_scaling=0)"},
	}
}
