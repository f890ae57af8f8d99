package report

import "winwatch/capture/kernel"

// SocketFields lists the numbers of a socket by the names that CSV columns and JSON
// keys give them, in the order in which formats write them.
var SocketFields = [...]struct {
	Name string
	// Of returns the field of a socket, which is kernel.Unknown if the kernel gave no
	// number.
	Of func(*kernel.SocketState) *int64
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
