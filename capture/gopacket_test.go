package capture_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"winwatch/capture"
)

// TestGopacketAgrees decodes every frame of the captures with gopacket as well. It
// works around gopacket's known faults: a wrong length if IP's length field is 0, no
// TCP layer if options are cut, the last bytes of an 802.11 frame taken for a
// checksum, and no SLL2.
func TestGopacketAgrees(t *testing.T) {
	compared := 0
	for _, name := range captures(t) {
		forEachPcapFrame(t, name, func(link uint32, frame uint64, data []byte, wire int) {
			var d capture.Decoder
			var s capture.Segment
			if d.Decode(capture.LinkType(link), data, wire, &s) != capture.Kept || len(data) < wire && s.Options.Has(capture.OptionsCut) {
				return
			}
			c := d.Counters()
			if s.Flags.NoTraffic() || s.Flags.Has(capture.Fragmented) || c.Noted[capture.LengthFromWire] > 0 {
				return
			}
			p := gopacket.NewPacket(data, layers.LinkType(link), gopacket.NoCopy)
			tcp, _ := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
			if tcp == nil || p.ErrorLayer() != nil && !p.Metadata().Truncated {
				return
			}
			compared++
			got := fmt.Sprint(s.SrcPort, s.DstPort, s.Seq, s.Ack, s.Window, s.Urgent, s.Flags&0x1ff)
			if want := gopacketTCP(tcp); got != want {
				t.Errorf("%s, frame %d: got %v, gopacket says %v", name, frame, got, want)
			}
			compareOptions(t, fmt.Sprintf("%s, frame %d", name, frame), &s, tcp)
		})
	}
	if compared < 500 {
		t.Errorf("only %d segments compared", compared)
	}
}

func gopacketTCP(tcp *layers.TCP) string {
	var f capture.Flags
	for i, set := range []bool{tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK, tcp.URG, tcp.ECE, tcp.CWR, tcp.NS} {
		if set {
			f |= 1 << i
		}
	}
	return fmt.Sprint(uint16(tcp.SrcPort), uint16(tcp.DstPort), tcp.Seq, tcp.Ack, tcp.Window, tcp.Urgent, f)
}

func compareOptions(t *testing.T, where string, s *capture.Segment, tcp *layers.TCP) {
	t.Helper()
	for _, o := range tcp.Options {
		var got, want any
		switch {
		case o.OptionType == layers.TCPOptionKindMSS && len(o.OptionData) == 2:
			got, want = s.MSS, be.Uint16(o.OptionData)
		case o.OptionType == layers.TCPOptionKindWindowScale && len(o.OptionData) == 1:
			got, want = s.WindowShift, o.OptionData[0]
		case o.OptionType == layers.TCPOptionKindTimestamps && len(o.OptionData) == 8:
			got, want = [2]uint32{s.TSVal, s.TSEcr}, [2]uint32{be.Uint32(o.OptionData), be.Uint32(o.OptionData[4:])}
		case o.OptionType == layers.TCPOptionKindSACK && len(o.OptionData) >= 8:
			got, want = s.SACK[0], capture.SACKBlock{Left: be.Uint32(o.OptionData), Right: be.Uint32(o.OptionData[4:])}
		case o.OptionType == layers.TCPOptionKindSACKPermitted:
			got, want = s.Options.Has(capture.HasSACKPermitted), true
		}
		if got != want {
			t.Errorf("%s: %v: got %v, gopacket says %v", where, o.OptionType, got, want)
		}
	}
}

// forEachPcapFrame walks a plain little-endian microsecond pcap. It is independent
// of the reader and simple enough to trust.
func forEachPcapFrame(t *testing.T, name string, f func(link uint32, frame uint64, data []byte, wire int)) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 24 || !bytes.HasPrefix(b, []byte{0xd4, 0xc3, 0xb2, 0xa1}) {
		return
	}
	link := le.Uint32(b[20:])
	switch capture.LinkType(link) {
	case capture.LinkSLL2, capture.LinkWLAN, capture.LinkRadiotap:
		return
	}
	b = b[24:]
	for frame := uint64(1); len(b) >= 16; frame++ {
		size, wire := int(le.Uint32(b[8:])), int(le.Uint32(b[12:]))
		if size > len(b)-16 || size > wire {
			return
		}
		f(link, frame, b[16:16+size], wire)
		b = b[16+size:]
	}
}
