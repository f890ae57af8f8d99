package analyze_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
)

// steered is the number of input bytes of steer per segment.
const steered = 8

// steer makes the segments of a connection from bytes, after a handshake: zeros give
// regular segments, other values irregular ones.
func steer(data []byte) []capture.Segment {
	type end struct {
		addr capture.Addr
		port uint16
		nxt  uint32
		win  uint16
	}
	ends := [2]end{
		{capture.AddrFrom4([4]byte{10, 0, 0, 1}), 40000, 1000, 500},
		{capture.AddrFrom4([4]byte{10, 0, 0, 2}), 443, math.MaxUint32 - 5000, 400},
	}
	now := int64(1e18)
	var segs []capture.Segment
	add := func(from int, flags capture.Flags) *capture.Segment {
		me, peer := &ends[from], &ends[from^1]
		segs = append(segs, capture.Segment{
			Frame: uint64(len(segs) + 1), Time: now, Src: me.addr, Dst: peer.addr, SrcPort: me.port, DstPort: peer.port,
			Flags: flags, Seq: me.nxt, Ack: peer.nxt, Window: me.win, IPID: uint16(len(segs) + 1),
		})
		return &segs[len(segs)-1]
	}
	handshake := func() {
		for from, flags := range []capture.Flags{capture.SYN, capture.SYN | capture.ACK} {
			s := add(from, flags)
			s.Window, s.Options, s.MSS, s.WindowShift = 64000, capture.HasMSS|capture.HasWindowScale, 1460, 7
			ends[from].nxt++
		}
		add(0, capture.ACK)
	}
	handshake()
	for ; len(data) >= steered; data = data[steered:] {
		b := data[:steered]
		now += int64(b[6]) << (b[7] & 31)
		me := &ends[b[0]&1]
		me.win += uint16(int8(b[3]))
		s := add(int(b[0]&1), capture.ACK)
		s.Ack -= uint32(int8(b[4]))
		s.Seq += uint32(int8(b[5]))
		switch b[0] >> 1 & 7 {
		case 0, 1, 2, 3: // data
			s.Len = uint32(b[1])*16 + 10
			me.nxt = s.Seq + s.Len
		case 4:
			s.Len = uint32(b[1]) << (b[2] & 31)
			me.nxt = s.Seq + s.Len
		case 5:
			s.Flags = capture.Flags(b[1]) | capture.Flags(b[2]&0x50)<<8
		case 6:
			if b[1] == 255 {
				now = []int64{math.MinInt64, math.MaxInt64}[b[2]&1]
			}
			if b[1] == 254 { // the client's SYN again, answered anew
				ends[0].nxt = 1000
				ends[1].nxt += 7000
				handshake()
			}
		}
	}
	return segs
}

// TestSteer: most inputs of steer give plain segments. Otherwise FuzzPlain would compare
// nothing.
func TestSteer(t *testing.T) {
	data := make([]byte, 1000*steered)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		if i%steered < 2 || rng.IntN(100) == 0 {
			data[i] = byte(rng.Uint32())
		}
		if i%steered == 0 {
			data[i] &= 1 // data
		}
	}
	a := analyze.New(analyze.DefaultConfig())
	plain := 0
	for _, s := range steer(data) {
		if a.IsPlain(&s) {
			plain++
		}
		a.Add(&s)
	}
	if plain < 100 {
		t.Errorf("only %d of 1000 segments were plain", plain)
	}
}
