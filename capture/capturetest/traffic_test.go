package capturetest_test

import (
	"bytes"
	"io"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestTrafficFiles reads the files back: their frames must match the segments.
func TestTrafficFiles(t *testing.T) {
	traffic := capturetest.Traffic{Packets: 40_003, Conns: 300, Open: 200, Seed: 1}
	for _, format := range []struct {
		name  string
		write func(io.Writer) error
	}{{"pcap", traffic.WritePcap}, {"pcapng", traffic.WritePcapng}} {
		t.Run(format.name, func(t *testing.T) {
			var file bytes.Buffer
			if err := format.write(&file); err != nil {
				t.Fatal(err)
			}
			r, err := capture.NewReader(&file, format.name)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			n := 0
			for want := range traffic.Segments() {
				var got capture.Segment
				if err := r.Next(&got); err != nil {
					t.Fatalf("segment %d: %v", n+1, err)
				}
				if got != *want {
					t.Fatalf("segment %d:\ngot  %+v\nwant %+v", n+1, got, *want)
				}
				n++
			}
			if err := r.Next(new(capture.Segment)); err != io.EOF || n != traffic.Packets {
				t.Errorf("after %d segments: %v; want io.EOF after %d", n, err, traffic.Packets)
			}
		})
	}
}

// TestTraffic checks that every connection is complete and has its share of packets.
func TestTraffic(t *testing.T) {
	for _, traffic := range []capturetest.Traffic{
		{Packets: 20_000, Conns: 2000, Seed: 2},
		{Packets: 50_123, Conns: 201, Open: 7, Seed: 3},
	} {
		type count struct{ packets, syns, fins, zeros int }
		conns := map[[2]any]*count{}
		last := int64(0)
		for s := range traffic.Segments() {
			key := [2]any{s.Src, s.SrcPort}
			if s.SrcPort == 443 {
				key = [2]any{s.Dst, s.DstPort}
			}
			c := conns[key]
			if c == nil {
				c = &count{}
				conns[key] = c
			}
			c.packets++
			switch {
			case s.Flags.Has(capture.SYN):
				c.syns++
			case s.Flags.Has(capture.FIN):
				c.fins++
			case s.Window == 0 && s.Len == 0:
				c.zeros++
			}
			if s.Time < last {
				t.Fatalf("%v: frame %d goes back in time", traffic, s.Frame)
			}
			last = s.Time
		}
		if len(conns) != traffic.Conns {
			t.Errorf("%v: %d connections", traffic, len(conns))
		}
		halted, least := 0, traffic.Packets/traffic.Conns
		for key, c := range conns {
			if c.syns != 2 || c.fins != 2 || c.packets < least || c.packets > least+1 {
				t.Errorf("%v: connection %v: %+v", traffic, key, *c)
			}
			if c.zeros > 0 {
				halted++
			}
		}
		if want := (traffic.Conns + 49) / 100; halted != want {
			t.Errorf("%v: %d connections with a zero window, want %d", traffic, halted, want)
		}
	}
}

// TestTrafficSame checks that the same seed gives the same file, and another seed a
// different one.
func TestTrafficSame(t *testing.T) {
	traffic := capturetest.Traffic{Packets: 5000, Conns: 100, Seed: 4}
	other := traffic
	other.Seed++
	var a, b, c bytes.Buffer
	for w, t := range map[*bytes.Buffer]capturetest.Traffic{&a: traffic, &b: traffic, &c: other} {
		t.WritePcap(w)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two files of the same traffic differ")
	}
	if bytes.Equal(a.Bytes(), c.Bytes()) {
		t.Error("the files of two seeds are the same")
	}
}
