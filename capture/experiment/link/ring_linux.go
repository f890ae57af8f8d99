package link

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A ring receives the frames that arrive at an interface, through memory shared with
// the kernel (packet(7), PACKET_RX_RING with TPACKET_V2): a plain socket's buffer is
// too small for a burst, and an ordinary user can't enlarge it.
type ring struct {
	fd        int
	memory    []byte
	frameSize int
	next      int // the offset of the frame to be read next
}

// ringBytes has room for some 8,000 packets of 1,500 bytes, twice the largest burst
// that a sender may have in flight with Linux's default of 6 MB for tcp_rmem[2].
const ringBytes = 16 << 20

// ringOverhead is the most that precedes the IP packet in the ring: the kernel's
// header, its sockaddr_ll and the Ethernet header, with alignment.
const ringOverhead = 128

// openRing starts to receive from the interface.
func openRing(index, mtu int) (*ring, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0) // receives nothing until it is bound
	if err != nil {
		return nil, fmt.Errorf("open a packet socket: %w", err)
	}
	r := &ring{fd: fd, frameSize: 2048}
	for r.frameSize < mtu+ringOverhead {
		r.frameSize *= 2
	}
	blockSize := max(r.frameSize, 1<<16)
	req := unix.TpacketReq{
		Block_size: uint32(blockSize), Block_nr: uint32(ringBytes / blockSize),
		Frame_size: uint32(r.frameSize), Frame_nr: uint32(ringBytes / r.frameSize),
	}
	steps := []struct {
		what string
		do   func() error
	}{
		{"choose the ring's format", func() error {
			return unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2)
		}},
		{"make the ring", func() error {
			return unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req)
		}},
		{"ignore what is sent", func() error {
			return unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
		}},
		{"map the ring", func() (err error) {
			r.memory, err = unix.Mmap(fd, 0, ringBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
			return err
		}},
		{"receive", func() error { return bindPacketSocket(fd, index, unix.ETH_P_ALL) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			r.close()
			return nil, fmt.Errorf("packet socket: %s: %w", step.what, err)
		}
	}
	return r, nil
}

// openSender returns a socket that sends frames from the interface and receives none.
func openSender(index int) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open a packet socket: %w", err)
	}
	if err := bindPacketSocket(fd, index, 0); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("packet socket: bind: %w", err)
	}
	return fd, nil
}

func bindPacketSocket(fd, index int, protocol uint16) error {
	var big [2]byte
	binary.BigEndian.PutUint16(big[:], protocol)
	return unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: index, Protocol: binary.NativeEndian.Uint16(big[:])})
}

// read returns the next frame, which is valid until release, and when it arrived (Unix,
// ns). frame is nil if none is there; whole is false if the ring cut it off.
func (r *ring) read() (frame []byte, timeNs int64, whole bool) {
	slot := r.memory[r.next : r.next+r.frameSize]
	h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&slot[0]))
	if atomic.LoadUint32(&h.Status)&unix.TP_STATUS_USER == 0 {
		return nil, 0, false
	}
	frame = slot[h.Mac : uint32(h.Mac)+h.Snaplen]
	return frame, int64(h.Sec)*1e9 + int64(h.Nsec), h.Snaplen == h.Len
}

// release gives the frame's memory back to the kernel.
func (r *ring) release() {
	h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&r.memory[r.next]))
	atomic.StoreUint32(&h.Status, unix.TP_STATUS_KERNEL)
	r.next = (r.next + r.frameSize) % len(r.memory)
}

// dropped returns how many frames found the ring full since the last call.
func (r *ring) dropped() int64 {
	st, err := unix.GetsockoptTpacketStats(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return int64(st.Drops)
}

func (r *ring) close() {
	if r.memory != nil {
		unix.Munmap(r.memory)
	}
	unix.Close(r.fd)
}
