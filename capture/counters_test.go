package capture_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"winwatch/capture"
)

// TestDropsWithoutEnd checks that huge drop counts saturate instead of wrapping.
func TestDropsWithoutEnd(t *testing.T) {
	unknown := bytes.Repeat([]byte{0xff}, 8)
	most := slices.Concat([]byte{0xfe}, unknown[1:])
	f := &ng{order: le}
	f.section().iface(101, 0).iface(101, 0)
	for id := range uint32(2) {
		f.block(5, f.u32(id, 0, 0), f.option(5, most...), f.option(7, most...))
	}
	const text = "11:52:35.907381 IP 127.0.0.1.40846 > 127.0.0.1.3000: Flags [S], seq 7, win 9, length 0\n" +
		"99999999999999999999 packets dropped by kernel\n99999999999999999999 packets dropped by interface\n"
	var total capture.Counters
	for name, in := range map[string]string{"pcapng": string(f.out), "text": text} {
		r, err := capture.NewReader(strings.NewReader(in), name)
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, r)
		c := r.Counters()
		total.Add(c)
		for _, c := range []capture.Counters{c, total} {
			if k, i := c.Noted[capture.KernelDrops], c.Noted[capture.InterfaceDrops]; k != math.MaxUint64 || i != math.MaxUint64 || c.Dropped() != math.MaxUint64 {
				t.Errorf("%s: %d by the kernel, %d by the interface, %d in all", name, k, i, c.Dropped())
			}
		}
	}
}

// TestDropsUnknown checks that the largest number, which means unknown, is ignored.
func TestDropsUnknown(t *testing.T) {
	f := &ng{order: le}
	f.section().iface(101, 0)
	f.block(5, f.u32(0, 0, 0), f.option(5, bytes.Repeat([]byte{0xff}, 8)...), f.option(7, 3, 0, 0, 0, 0, 0, 0, 0))
	r, err := capture.NewReader(bytes.NewReader(f.out), "pcapng")
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, r)
	if c := r.Counters(); c.Dropped() != 3 {
		t.Errorf("%d dropped, want 3", c.Dropped())
	}
}
