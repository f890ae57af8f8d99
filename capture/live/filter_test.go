//go:build cgo

package live

import (
	"errors"
	"testing"

	"winwatch/capture"
)

// ipTCP is an IPv4 TCP header from 10.0.0.1:1000 to 10.0.0.2:2000.
var ipTCP = []byte{
	0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
	0x03, 0xe8, 0x07, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0,
}

func TestFilterOnLinkTypes(t *testing.T) {
	ethernet := append([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}, ipTCP...)
	sll := append([]byte{0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}, ipTCP...)
	sll2 := append(append([]byte{8, 0}, make([]byte, 18)...), ipTCP...)
	for _, tt := range []struct {
		link  capture.LinkType
		frame []byte
	}{
		{capture.LinkEthernet, ethernet}, {capture.LinkSLL, sll}, {capture.LinkSLL2, sll2},
		{capture.LinkRaw, ipTCP}, {capture.LinkIPv4, ipTCP},
	} {
		for expr, want := range map[string]bool{
			"tcp port 2000": true, "tcp port 2001": false, "src host 10.0.0.1": true, "udp": false,
		} {
			f, err := NewFilter(expr)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Match(tt.link, tt.frame, len(tt.frame)); got != want || f.Err() != nil {
				t.Errorf("%s, %q: %v, %v, want %v", tt.link, expr, got, f.Err(), want)
			}
		}
	}
}

// TestFilterOfWireLength checks that filters see the length on the wire, not the
// captured length.
func TestFilterOfWireLength(t *testing.T) {
	f, err := NewFilter("greater 1000")
	if err != nil {
		t.Fatal(err)
	}
	if f.Match(capture.LinkRaw, ipTCP, 40) || !f.Match(capture.LinkRaw, ipTCP, 1500) {
		t.Error("the filter did not see the length on the wire")
	}
}

func TestFilterErrors(t *testing.T) {
	var wrong *FilterError
	if _, err := NewFilter("prt 80"); !errors.As(err, &wrong) || wrong.Filter != "prt 80" {
		t.Errorf("invalid expression: %v", err)
	}
	f, err := NewFilter("ether host 00:00:00:00:00:01")
	if err != nil {
		t.Fatal(err)
	}
	if f.Match(capture.LinkRaw, ipTCP, 40) || f.Err() == nil {
		t.Errorf("Ethernet address on raw IP: error %v", f.Err())
	}
	if f.Match(capture.LinkSLL2, []byte{8, 0}, 2) {
		t.Error("a truncated frame matched")
	}
}
