//go:build linux

package kernel

import (
	"encoding/binary"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ReadSocket returns everything the kernel reports about the TCP socket fd. If fd
// is not an open socket (-1, say), only Time is known. The caller must keep fd
// open during the call.
func ReadSocket(fd int) SocketState {
	st := SocketState{
		Time:           time.Now().UnixNano(),
		UnreadBytes:    queueBytes(fd, unix.SIOCINQ),
		SendQueueBytes: queueBytes(fd, unix.SIOCOUTQ),
		NotSentBytes:   queueBytes(fd, unix.SIOCOUTQNSD),
	}
	st.readMemory(fd)
	st.readInfo(fd)
	return st
}

// queueBytes returns the length that an ioctl reports, or Unknown.
func queueBytes(fd int, request uint) int64 {
	n, err := unix.IoctlGetInt(fd, request)
	if err != nil {
		return Unknown
	}
	return int64(n)
}

// getsockopt returns how many bytes of the buffer the kernel filled: 0 if the call
// failed.
func getsockopt(fd, level, option int, b unsafe.Pointer, size uintptr) uintptr {
	n := uint32(size)
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(option),
		uintptr(b), uintptr(unsafe.Pointer(&n)), 0)
	if errno != 0 {
		return 0
	}
	return uintptr(n)
}

// readMemory fills in what SO_MEMINFO reports (sk_get_meminfo).
func (st *SocketState) readMemory(fd int) {
	var m [9]uint32 // SK_MEMINFO_VARS
	n := getsockopt(fd, unix.SOL_SOCKET, unix.SO_MEMINFO, unsafe.Pointer(&m), unsafe.Sizeof(m))
	word := func(i uintptr) int64 {
		if (i+1)*4 > n {
			return Unknown
		}
		return int64(m[i])
	}
	// SK_MEMINFO_RMEM_ALLOC, _RCVBUF, _SNDBUF, _WMEM_QUEUED
	st.RmemAlloc, st.RcvBuf, st.SndBuf, st.WmemQueued = word(0), word(1), word(3), word(5)
}

// readInfo fills in what TCP_INFO reports (tcp_get_info). Older kernels return a
// shorter structure: the missing fields are Unknown.
func (st *SocketState) readInfo(fd int) {
	var i unix.TCPInfo
	n := getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_INFO, unsafe.Pointer(&i), unsafe.Sizeof(i))
	base := uintptr(unsafe.Pointer(&i))
	has := func(field unsafe.Pointer, size uintptr) bool { return uintptr(field)-base+size <= n }
	u8 := func(p *uint8) int64 {
		if !has(unsafe.Pointer(p), 1) {
			return Unknown
		}
		return int64(*p)
	}
	u32 := func(p *uint32) int64 {
		if !has(unsafe.Pointer(p), 4) {
			return Unknown
		}
		return int64(*p)
	}
	u64 := func(p *uint64) int64 {
		if !has(unsafe.Pointer(p), 8) {
			return Unknown
		}
		return int64(*p)
	}

	st.State = stateName(u8(&i.State))
	st.Probes, st.Backoff = u8(&i.Probes), u8(&i.Backoff)
	st.SndWnd, st.RcvWnd = u32(&i.Snd_wnd), u32(&i.Rcv_wnd)
	st.RcvSpace, st.RcvSsthresh = u32(&i.Rcv_space), u32(&i.Rcv_ssthresh)
	st.SndMSS, st.RcvMSS, st.Cwnd = u32(&i.Snd_mss), u32(&i.Rcv_mss), u32(&i.Snd_cwnd)
	st.Unacked, st.TotalRetrans = u32(&i.Unacked), u32(&i.Total_retrans)
	st.BytesAcked, st.BytesReceived = u64(&i.Bytes_acked), u64(&i.Bytes_received)
	st.SegsOut, st.SegsIn = u32(&i.Segs_out), u32(&i.Segs_in)
	st.DataSegsOut, st.DataSegsIn = u32(&i.Data_segs_out), u32(&i.Data_segs_in)
	st.Busy, st.RwndLimited, st.SndbufLimited = micros(u64(&i.Busy_time)), micros(u64(&i.Rwnd_limited)), micros(u64(&i.Sndbuf_limited))
	st.RTT, st.RTO = micros(u32(&i.Rtt)), micros(u32(&i.Rto))
	st.SndShift, st.RcvShift, st.WindowScaling = shifts(&i, n)
}

// shifts returns the window scales of the peer and of this end, and whether they
// are in use. They are in a bit field after Options that unix.TCPInfo lacks: the
// first 4 bits are the peer's.
func shifts(i *unix.TCPInfo, n uintptr) (snd, rcv, inUse int64) {
	at := unsafe.Offsetof(i.Options) + 1
	if at >= n {
		return Unknown, Unknown, Unknown
	}
	b := *(*uint8)(unsafe.Add(unsafe.Pointer(i), at))
	low, high := int64(b&0xf), int64(b>>4)
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 { // big endian: bit fields start at the high bit
		low, high = high, low
	}
	const optWscale = 4 // TCPI_OPT_WSCALE
	if i.Options&optWscale == 0 {
		return 0, 0, 0
	}
	return low, high, 1
}

// micros converts microseconds to nanoseconds, and keeps Unknown.
func micros(us int64) int64 {
	if us == Unknown {
		return us
	}
	return us * int64(time.Microsecond)
}

// stateName returns the name of a TCP state (include/net/tcp_states.h).
func stateName(n int64) string {
	names := [...]string{1: "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
		"CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING"}
	switch {
	case n == Unknown:
		return ""
	case n < 1 || n >= int64(len(names)):
		return strconv.FormatInt(n, 10)
	}
	return names[n]
}
