//go:build !linux

package kernel

import "time"

// ReadSocket reports only the time: reading a socket needs Linux.
func ReadSocket(int) SocketState {
	return SocketState{
		Time: time.Now().UnixNano(), UnreadBytes: Unknown, SendQueueBytes: Unknown, NotSentBytes: Unknown,
		RcvBuf: Unknown, SndBuf: Unknown, RmemAlloc: Unknown, WmemQueued: Unknown,
		SndWnd: Unknown, RcvWnd: Unknown, SndShift: Unknown, RcvShift: Unknown, WindowScaling: Unknown,
		RcvSpace: Unknown, RcvSsthresh: Unknown, SndMSS: Unknown, RcvMSS: Unknown, Cwnd: Unknown,
		Probes: Unknown, Backoff: Unknown, Unacked: Unknown, TotalRetrans: Unknown,
		BytesAcked: Unknown, BytesReceived: Unknown,
		SegsOut: Unknown, SegsIn: Unknown, DataSegsOut: Unknown, DataSegsIn: Unknown,
		Busy: Unknown, RwndLimited: Unknown, SndbufLimited: Unknown, RTT: Unknown, RTO: Unknown,
	}
}
