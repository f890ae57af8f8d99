package report

import (
	"bufio"
	"io"

	"winwatch/capture/kernel"
)

// socketFields are the numbers of a socket, under the names that JSON and CSV
// give them, in the order in which they are written.
var socketFields = [...]struct {
	name string
	of   func(*kernel.SocketState) *int64
}{
	{"time_ns", func(s *kernel.SocketState) *int64 { return &s.Time }},
	{"unread_bytes", func(s *kernel.SocketState) *int64 { return &s.UnreadBytes }},
	{"send_queue_bytes", func(s *kernel.SocketState) *int64 { return &s.SendQueueBytes }},
	{"not_sent_bytes", func(s *kernel.SocketState) *int64 { return &s.NotSentBytes }},
	{"rcvbuf_bytes", func(s *kernel.SocketState) *int64 { return &s.RcvBuf }},
	{"sndbuf_bytes", func(s *kernel.SocketState) *int64 { return &s.SndBuf }},
	{"rmem_alloc_bytes", func(s *kernel.SocketState) *int64 { return &s.RmemAlloc }},
	{"wmem_queued_bytes", func(s *kernel.SocketState) *int64 { return &s.WmemQueued }},
	{"peer_window_bytes", func(s *kernel.SocketState) *int64 { return &s.SndWnd }},
	{"own_window_bytes", func(s *kernel.SocketState) *int64 { return &s.RcvWnd }},
	{"peer_shift", func(s *kernel.SocketState) *int64 { return &s.SndShift }},
	{"own_shift", func(s *kernel.SocketState) *int64 { return &s.RcvShift }},
	{"window_scaling", func(s *kernel.SocketState) *int64 { return &s.WindowScaling }},
	{"rcv_space_bytes", func(s *kernel.SocketState) *int64 { return &s.RcvSpace }},
	{"rcv_ssthresh_bytes", func(s *kernel.SocketState) *int64 { return &s.RcvSsthresh }},
	{"snd_mss_bytes", func(s *kernel.SocketState) *int64 { return &s.SndMSS }},
	{"rcv_mss_bytes", func(s *kernel.SocketState) *int64 { return &s.RcvMSS }},
	{"cwnd_segments", func(s *kernel.SocketState) *int64 { return &s.Cwnd }},
	{"probes_unanswered", func(s *kernel.SocketState) *int64 { return &s.Probes }},
	{"backoff", func(s *kernel.SocketState) *int64 { return &s.Backoff }},
	{"unacked_segments", func(s *kernel.SocketState) *int64 { return &s.Unacked }},
	{"total_retrans_segments", func(s *kernel.SocketState) *int64 { return &s.TotalRetrans }},
	{"acked_bytes", func(s *kernel.SocketState) *int64 { return &s.BytesAcked }},
	{"received_bytes", func(s *kernel.SocketState) *int64 { return &s.BytesReceived }},
	{"segments_out", func(s *kernel.SocketState) *int64 { return &s.SegsOut }},
	{"segments_in", func(s *kernel.SocketState) *int64 { return &s.SegsIn }},
	{"data_segments_out", func(s *kernel.SocketState) *int64 { return &s.DataSegsOut }},
	{"data_segments_in", func(s *kernel.SocketState) *int64 { return &s.DataSegsIn }},
	{"busy_ns", func(s *kernel.SocketState) *int64 { return &s.Busy }},
	{"rwnd_limited_ns", func(s *kernel.SocketState) *int64 { return &s.RwndLimited }},
	{"sndbuf_limited_ns", func(s *kernel.SocketState) *int64 { return &s.SndbufLimited }},
	{"rtt_ns", func(s *kernel.SocketState) *int64 { return &s.RTT }},
	{"rto_ns", func(s *kernel.SocketState) *int64 { return &s.RTO }},
}

// KernelCSV writes what the kernel said of both sockets while an experiment
// ran, one row per reading, on the clock of the window timeline's time_ns. What
// the kernel did not tell is empty. A KernelCSV is for one goroutine.
type KernelCSV struct {
	w          *bufio.Writer
	start      int64
	startKnown bool
	row        []byte
}

// NewKernelCSV returns a KernelCSV that writes to w, and writes the header
// line. Errors are kept until Close. The caller closes w, after Close.
func NewKernelCSV(w io.Writer) *KernelCSV {
	k := &KernelCSV{w: bufio.NewWriter(w)}
	b := []byte("time_ns,elapsed_s,send_calls,sent_bytes,recv_calls,read_bytes")
	for _, end := range [...]string{"client_", "server_"} {
		b = append(append(append(b, ','), end...), "state"...)
		for _, f := range socketFields {
			b = append(append(append(b, ','), end...), f.name...)
		}
	}
	k.w.Write(append(b, '\n')) // bufio keeps the error
	return k
}

// StartAt sets the time from which elapsed_s counts: that of the first packet,
// so that the rows line up with those of the window timeline. Without it they
// count from the first sample.
func (k *KernelCSV) StartAt(ns int64) { k.start, k.startKnown = ns, true }

// Add writes the row of one sample.
func (k *KernelCSV) Add(s *kernel.Sample) {
	if !k.startKnown {
		k.StartAt(s.Time)
	}
	b := appendNanoseconds(k.row[:0], s.Time)
	b = appendElapsed(append(b, ','), k.start, s.Time)
	for _, v := range [...]int64{s.Send.Calls, s.Send.Bytes, s.Recv.Calls, s.Recv.Bytes} {
		b = appendKnown(append(b, ','), v)
	}
	for _, end := range [...]*kernel.SocketState{&s.Client, &s.Server} {
		b = appendText(append(b, ','), end.State)
		for _, f := range socketFields {
			b = appendKnown(append(b, ','), *f.of(end))
		}
	}
	k.row = append(b, '\n')
	k.w.Write(k.row) // bufio keeps the error
}

// Close writes what is buffered, and returns the first error that any write met.
func (k *KernelCSV) Close() error { return k.w.Flush() }
