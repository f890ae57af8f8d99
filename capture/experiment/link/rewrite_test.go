package link

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// synOptions are those of Linux: MSS, SACK permitted, time stamps, no-operation, window
// scale.
var synOptions = []byte{2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7}

// segment returns a TCP segment in an IP packet, with a right checksum.
func segment(v6 bool, flags byte, options []byte) []byte {
	tcp := make([]byte, 20, 60)
	binary.BigEndian.PutUint16(tcp, 40000)
	binary.BigEndian.PutUint16(tcp[2:], 3000)
	tcp[13] = flags
	tcp = append(tcp, options...)
	tcp[12] = byte(len(tcp)/4) << 4
	ip := make([]byte, 20)
	ip[0], ip[9] = 0x45, 6
	copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	if v6 {
		ip = make([]byte, 40)
		ip[0], ip[6], ip[8], ip[23], ip[24], ip[39] = 0x60, 6, 0xfd, 1, 0xfd, 2
	}
	packet := append(ip, tcp...)
	binary.BigEndian.PutUint16(packet[len(ip)+16:], ^tcpSum(packet))
	return packet
}

// tcpSum returns the sum that a TCP checksum makes 0xffff (RFC 9293 3.1).
func tcpSum(ip []byte) uint16 {
	header, addresses := int(ip[0]&15)*4, ip[12:20]
	total := len(ip)
	if ip[0]>>4 == 6 {
		header, addresses = 40, ip[8:40]
	}
	pseudo := append(bytes.Clone(addresses), 0, 6, byte((total-header)>>8), byte(total-header))
	var sum uint32
	for _, b := range [][]byte{pseudo, ip[header:]} {
		for i := 0; i < len(b); i += 2 {
			sum += uint32(b[i]) << 8
			if i+1 < len(b) {
				sum += uint32(b[i+1])
			}
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}

func TestStrip(t *testing.T) {
	const syn, ack = 0x02, 0x10
	odd := append([]byte{1}, append(bytes.Clone(synOptions), 0, 0, 0)...) // at odd offsets
	tests := []struct {
		name    string
		strip   []string
		packet  []byte
		options []byte // nil: unchanged
	}{
		{"window scale", []string{"wscale"}, segment(false, syn, synOptions), append(bytes.Clone(synOptions[:17]), 1, 1, 1)},
		{"SYN-ACK", []string{"wscale"}, segment(false, syn|ack, synOptions), append(bytes.Clone(synOptions[:17]), 1, 1, 1)},
		{"IPv6", []string{"wscale"}, segment(true, syn, synOptions), append(bytes.Clone(synOptions[:17]), 1, 1, 1)},
		{"all of them", StripNames(), segment(false, syn, synOptions), bytes.Repeat([]byte{1}, 20)},
		{"odd offsets", StripNames(), segment(false, syn, odd), append(bytes.Repeat([]byte{1}, 21), 0, 0, 0)},
		{"only SYN", StripNames(), segment(false, ack, synOptions), nil},
		{"not there", []string{"fastopen"}, segment(false, syn, synOptions), nil},
		{"behind the end of the options", []string{"wscale"}, segment(false, syn, []byte{0, 3, 3, 7}), nil},
		{"longer than the header", []string{"wscale"}, segment(false, syn, []byte{1, 3, 4, 7}), nil},
		{"shorter than possible", []string{"wscale"}, segment(false, syn, []byte{3, 1, 3, 0}), nil},
		{"no length", []string{"wscale"}, segment(false, syn, []byte{1, 1, 1, 3}), nil},
		{"cut off", []string{"wscale"}, segment(false, syn, synOptions)[:30], nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := bytes.Clone(tt.packet)
			changed := newStripper(tt.strip).strip(tt.packet)
			if changed != (tt.options != nil) {
				t.Fatalf("changed: %v", changed)
			}
			if !changed {
				if !bytes.Equal(tt.packet, before) {
					t.Errorf("it did change: %x", tt.packet)
				}
				return
			}
			if got := tt.packet[len(tt.packet)-len(tt.options):]; !bytes.Equal(got, tt.options) {
				t.Errorf("options % x, want % x", got, tt.options)
			}
			if sum := tcpSum(tt.packet); sum != 0xffff {
				t.Errorf("the checksum is wrong: %#x", sum)
			}
		})
	}
}

func TestWrongChecksumStaysWrong(t *testing.T) {
	packet := segment(false, 2, synOptions)
	packet[20+17] ^= 1
	newStripper(StripNames()).strip(packet)
	if tcpSum(packet) == 0xffff {
		t.Error("a wrong checksum was mended")
	}
}
