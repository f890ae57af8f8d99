package capture_test

import (
	"fmt"
	"slices"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// describe formats the fields that the tables below compare.
func describe(s *capture.Segment) string {
	return fmt.Sprintf("%v > %v len %d", s.SrcEndpoint(), s.DstEndpoint(), s.Len)
}

// The segments inside all encapsulations, with 3 bytes of data.
var (
	seg4   = join(ipv4(6, 23), tcp(), []byte("abc"))
	seg6   = join(ipv6(6, 23), tcp(), []byte("abc"))
	frame4 = join(ether(0x0800), seg4)
)

const (
	want4 = "192.0.2.1:1000 > 192.0.2.2:2000 len 3"
	want6 = "[2001:db8::1]:1000 > [2001:db8::2]:2000 len 3"
)

// extension returns an IPv4 authentication header of 24 bytes, or an IPv6
// extension header of 8 where size is 0.
func extension(next byte, size byte) []byte {
	b := make([]byte, 8+8*int(size))
	b[0], b[1] = next, size
	return b
}

// TestDecodeEncapsulations decodes one packet in every kind of frame.
func TestDecodeEncapsulations(t *testing.T) {
	for _, e := range slices.Concat(etherFrames, otherLinks, tunnels, untold) {
		t.Run(e.name, func(t *testing.T) {
			if e.ipv6 {
				checkDecode(t, e.link, e.wrap(seg6), want6)
			} else {
				checkDecode(t, e.link, e.wrap(seg4), want4)
			}
		})
	}
}

// checkDecode decodes a frame whole and cut at every length. A cut frame may be too
// short, but must never give a different segment.
func checkDecode(t *testing.T, link capture.LinkType, frame []byte, want string) {
	t.Helper()
	var d capture.Decoder
	var s capture.Segment
	skip := d.Decode(link, frame, len(frame), &s)
	got := skip.String()
	if skip == capture.Kept {
		got = describe(&s)
	}
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for n := range frame {
		if d.Decode(link, frame[:n:n], len(frame), &s) == capture.Kept && describe(&s) != want {
			t.Errorf("cut at %d: got %v, want %q", n, describe(&s), want)
		}
		if skip == capture.Kept {
			d.Decode(link, frame[:n:n], n, &s) // must not panic
		}
	}
	if c := d.Counters(); !c.Balanced() {
		t.Errorf("counters do not add up: %+v", c)
	}
}

// TestDecodeOther decodes frames that look like TCP or a tunnel but are not.
func TestDecodeOther(t *testing.T) {
	tests := []struct {
		name  string
		frame []byte
		want  string
	}{
		{"UDP", inUDP(53)(seg4), "not TCP"},
		{"VXLAN of something else", inside(inUDP(4789), after(vxlan), inEther(0x0806))(make([]byte, 28)), "not TCP"},
		{"ESP", inIPv4(50)(seg4), "not TCP"},
		{"ARP", inEther(0x0806)(make([]byte, 28)), "not IP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkDecode(t, capture.LinkEthernet, tt.frame, tt.want) })
	}
}

func TestDecodeIP(t *testing.T) {
	set := func(b []byte, at int, v ...byte) []byte { // a changed copy
		b = join(b)
		copy(b[at:], v)
		return b
	}
	chain := join(extension(43, 0), extension(60, 0), extension(44, 1), []byte{51, 0, 0, 0, 0, 0, 0, 0}, []byte{6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	route := join([]byte{6, 2, 0, 1, 0, 0, 0, 0}, []byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x99"))
	tests := []struct {
		name  string
		frame []byte // from the IP header on
		want  string
	}{
		{"IPv4 with options", join(ipv4(6, 23, 1, 1, 1, 0), tcp(), []byte("abc")), want4},
		{"source route", join(ipv4(6, 23, 131, 7, 4, 192, 0, 2, 99, 0), tcp(), []byte("abc")), "192.0.2.1:1000 > 192.0.2.99:2000 len 3"},
		{"first fragment", set(seg4, 6, 0x20), want4},
		{"later fragment", set(seg4, 6, 0, 3), "later IP fragment"},
		{"length 0", set(seg4, 2, 0, 0), want4},
		{"length over the frame", set(seg4, 2, 0, 140), "192.0.2.1:1000 > 192.0.2.2:2000 len 100"},
		{"length under the header", set(seg4, 2, 0, 19), "malformed IP header"},
		{"header length 16", set(seg4, 0, 0x44), "malformed IP header"},
		{"version 5", set(seg4, 0, 0x55), "malformed IP header"},
		{"version 4 in an IPv6 frame", set(seg6, 0, 0x41), "malformed IP header"},
		{"datagram of 15 bytes", set(seg4, 2, 0, 35), "too short for TCP"},
		{"extension headers", join(ipv6(0, len(chain)+23), chain, tcp(), []byte("abc")), want6},
		{"routing header", join(ipv6(43, len(route)+23), route, tcp(), []byte("abc")), "[2001:db8::1]:1000 > [2001:db8::99]:2000 len 3"},
		{"IPv6 later fragment", join(ipv6(44, 31), []byte{6, 0, 0, 8, 0, 0, 0, 1}, tcp()), "later IP fragment"},
		{"IPv6 first fragment", join(ipv6(44, 31), []byte{6, 0, 0, 1, 0, 0, 0, 1}, tcp(), []byte("abc")), want6},
		{"IPv6 length 0", join(ipv6(6, 0), tcp(), []byte("abc")), want6},
		{"jumbo payload", join(ipv6(0, 0), []byte{6, 0, 0xc2, 4, 0, 1, 0, 0}, tcp()), "[2001:db8::1]:1000 > [2001:db8::2]:2000 len 65508"},
		{"no next header", ipv6(59, 0), "not TCP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkDecode(t, capture.LinkRaw, tt.frame, tt.want) })
	}
}

func TestDecodeFlagsOfTheDatagram(t *testing.T) {
	icmp := func(typ byte, quote []byte) []byte {
		return join(ipv4(1, 8+len(quote)), []byte{typ, 0, 0, 0, 0, 0, 0, 0}, quote)
	}
	icmp6 := func(typ byte, quote []byte) []byte {
		return join(ipv6(58, 8+len(quote)), []byte{typ, 0, 0, 0, 0, 0, 0, 0}, quote)
	}
	short := join(ipv4(6, 23), tcp()) // the header says more than is quoted
	tests := []struct {
		name  string
		frame []byte
		skip  capture.Skip
		flags capture.Flags
		len   uint32
	}{
		{"unreachable", icmp(3, short), capture.Kept, capture.Quoted, 3},
		{"unreachable, 16 bytes", icmp(3, short[:36]), capture.Kept, capture.Quoted, 3},
		{"unreachable, 8 bytes", icmp(3, short[:28]), capture.NotTCP, 0, 0},
		{"redirect", icmp(5, short), capture.NotTCP, 0, 0},
		{"echo", icmp(8, short), capture.NotTCP, 0, 0},
		{"ICMPv6 too big", icmp6(2, seg6), capture.Kept, capture.Quoted, 3},
		{"ICMPv6 neighbour", icmp6(135, seg6), capture.NotTCP, 0, 0},
		{"header length 16", join(ipv4(6, 23), tcpWithHeaderLength(4), []byte("abc")), capture.Kept, capture.BadHeader, 0},
		{"header longer than datagram", join(ipv4(6, 23), tcpWithHeaderLength(6), []byte("abc")), capture.Kept, capture.BadHeader, 0},
		{"first fragment", join(ipv4(6, 23)[:6], []byte{0x20}, seg4[7:]), capture.Kept, capture.Fragmented, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d capture.Decoder
			var s capture.Segment
			skip := d.Decode(capture.LinkRaw, tt.frame, len(tt.frame), &s)
			if skip != tt.skip {
				t.Fatalf("got %v, want %v", skip, tt.skip)
			}
			if skip == capture.Kept && (s.Flags&^0x1ff != tt.flags || s.Len != tt.len) {
				t.Errorf("flags %#x, length %d; want %#x, %d", uint16(s.Flags), s.Len, uint16(tt.flags), tt.len)
			}
		})
	}
}

func tcpWithHeaderLength(words byte) []byte {
	b := tcp()
	b[12] = words << 4
	return b
}

func TestDecodeOptions(t *testing.T) {
	mss := []byte{2, 4, 5, 0xb4}
	scale := []byte{3, 3, 7, 0}
	tests := []struct {
		name string
		opts []byte
		cut  int // captured bytes of the TCP header; 0 is all
		want capture.Options
	}{
		{"all", join(mss, []byte{1, 3, 3, 7, 4, 2, 1, 1}, []byte{8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1}), 0,
			capture.HasMSS | capture.HasWindowScale | capture.HasSACKPermitted | capture.HasTimestamps},
		{"SACK", join([]byte{1, 1, 5, 26}, make([]byte, 24)), 0, capture.HasSACK},
		{"end of list", join([]byte{0, 0, 0, 0}, mss), 0, 0},
		{"end of list, then cut", []byte{0, 0, 0, 0}, 21, 0},
		{"cut before the first", mss, 20, capture.OptionsCut},
		{"cut within the header", mss, 16, capture.OptionsCut},
		{"cut after a kind", join(mss, scale), 25, capture.HasMSS | capture.OptionsCut},
		{"cut in an option", join(mss, scale), 26, capture.HasMSS | capture.OptionsCut},
		{"timestamps cut", []byte{1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}, 31, capture.OptionsCut},
		{"length 0", join(mss, []byte{3, 0, 0, 0}), 0, capture.HasMSS | capture.OptionsMalformed},
		{"length 1", []byte{3, 1, 0, 0}, 0, capture.OptionsMalformed},
		{"beyond the list", []byte{3, 8, 0, 0}, 0, capture.OptionsMalformed},
		{"kind without length", []byte{1, 1, 1, 3}, 0, capture.OptionsMalformed},
		{"wrong length, then another", join([]byte{3, 4, 0, 0}, mss), 0, capture.HasMSS | capture.OptionsMalformed},
		{"unknown kind", join([]byte{253, 4, 0, 0}, mss), 0, capture.HasMSS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			frame := join(ipv4(6, 20+len(tt.opts)), tcp(tt.opts...))
			data := frame
			if tt.cut > 0 {
				data = frame[:20+tt.cut]
			}
			var d capture.Decoder
			var s capture.Segment
			if skip := d.Decode(capture.LinkRaw, data, len(frame), &s); skip != capture.Kept {
				t.Fatal(skip)
			}
			if s.Options != tt.want {
				t.Errorf("got %08b, want %08b", s.Options, tt.want)
			}
		})
	}
}

// TestDecodeWritesAllFields decodes capturetest's frames into a segment that holds
// another frame's values.
func TestDecodeWritesAllFields(t *testing.T) {
	const text = `
		host X [2001:db8::9]:443
		0 C > S S mss 1460 ws 7 sackok ts 1 2
		0 C > S SEWe urg 5 ttl 3 id 99
		0 C > S . ts 7 8 len 100
		0 S > C . sack 1:2 sack 5:9
		0 X > S F. mss 5
		0 X > S none seq =5 len 70000
		0 C > S . mss 3 cut
		0 C > S . mss 3 malformed
		0 C > S P. fragment len 7`
	full := capturetest.Parse(t, "0 C > S S mss 1 ws 1 ts 1 1 sack 1:2 sack 3:4 urg 1")[0]
	for _, want := range capturetest.Parse(t, text) {
		data, wire := capturetest.Frame(&want)
		got := full
		got.Frame, got.Time = want.Frame, want.Time
		var d capture.Decoder
		if skip := d.Decode(capture.LinkEthernet, data, wire, &got); skip != capture.Kept || got != want {
			t.Errorf("%v\ngot  %+v\nwant %+v", skip, got, want)
		}
	}
}

func TestDecodeDeepNesting(t *testing.T) {
	tags := ether(0x8100)
	for range 100 {
		tags = append(tags, vlan(0x8100)...)
	}
	checkDecode(t, capture.LinkEthernet, tags, "nested too deep")
	ip := seg4
	for range 40 {
		ip = join(ipv4(4, len(ip)), ip)
	}
	checkDecode(t, capture.LinkRaw, ip, "nested too deep")
}

func TestUnknownLinkType(t *testing.T) {
	checkDecode(t, 161, frame4, "unknown link type")
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for s := range capture.NumSkips {
		if name := s.String(); name == "" || seen[name] {
			t.Errorf("skip %d has an empty or duplicate name %q", s, name)
		} else {
			seen[name] = true
		}
	}
	for n := range capture.NumNotes {
		if name := n.String(); name == "" || seen[name] {
			t.Errorf("note %d has an empty or duplicate name %q", n, name)
		} else {
			seen[name] = true
		}
	}
}
