package link

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"winwatch/capture"
	"winwatch/capture/kernel"
)

// readAll reads a tap to its end.
func readAll(t *testing.T, tap *Tap) (segments []capture.Segment) {
	t.Helper()
	batch := make([]capture.Segment, 64)
	for {
		n, err := tap.NextBatch(batch)
		segments = append(segments, batch[:n]...)
		if err == io.EOF {
			return segments
		}
		must(t, err)
	}
}

func TestTap(t *testing.T) {
	users(t, func(t *testing.T) {
		const there, back = 30 * time.Millisecond, 10 * time.Millisecond
		l := open(t, "delay="+there.String()+"/"+back.String()+",rate=100mbit,duplicate=10%/0")
		var file bytes.Buffer
		tap, err := l.Capture(&file)
		must(t, err)
		if _, err := l.Capture(nil); err == nil {
			t.Error("a second capture could be opened")
		}
		client, server := connect(t, l, false)
		transfer(t, client, server, 1e6)
		sums := checkSums(t, l)
		tap.Stop()
		transfer(t, client, server, 1e5) // after the end
		segments := readAll(t, tap)

		if want := sums[0].Delivered + sums[1].Delivered; int64(len(segments)) != want {
			t.Errorf("%d segments, %d were delivered", len(segments), want)
		}
		for i, s := range segments[1:] {
			if s.Time < segments[i].Time || s.Frame != segments[i].Frame+1 {
				t.Fatalf("frame %d at %d follows frame %d at %d", s.Frame, s.Time, segments[i].Frame, segments[i].Time)
			}
		}
		// From the middle it is half of each way to the server and back, or to the client
		// and back: both 20 ms. The relay may be late, but never early.
		synAck, ack := segments[1], segments[2]
		if segments[0].Time == synAck.Time { // the SYN was duplicated
			synAck, ack = segments[2], segments[3]
		}
		for _, d := range []int64{synAck.Time - segments[0].Time, ack.Time - synAck.Time} {
			if d := time.Duration(d); d < (there+back)/2 || d > 10*(there+back) {
				t.Errorf("half of the way and back took %v", d)
			}
		}
		checkFile(t, &file, segments, tap.Counters())
	})
}

// checkFile checks that the saved file holds the same segments.
func checkFile(t *testing.T, file io.Reader, segments []capture.Segment, counters capture.Counters) {
	t.Helper()
	r, err := capture.NewReader(file, "tap.pcap")
	must(t, err)
	for i := range segments {
		var s capture.Segment
		must(t, r.Next(&s))
		if s != segments[i] {
			t.Fatalf("segment %d in the file is %+v, was %+v", i, s, segments[i])
		}
	}
	var s capture.Segment
	if err := r.Next(&s); err != io.EOF {
		t.Errorf("after the last segment: %v", err)
	}
	if got := r.Counters(); got != counters {
		t.Errorf("counters %+v, from the file %+v", counters, got)
	}
}

// TestWire checks that packets on the link are whole packets with right checksums, no
// larger than the MTU.
func TestWire(t *testing.T) {
	if !inMiddle(t, false) {
		return
	}
	l := open(t, "strip=wscale+sack")
	large, wrong := 0, 0
	l.Drop(func(p Packet) bool { // called from two goroutines, one of which sends data
		if p.From == 0 {
			large = max(large, len(p.Data))
			if tcpSum(p.Data) != 0xffff {
				wrong++
			}
		}
		return false
	})
	for _, v6 := range []bool{false, true} {
		client, server := connect(t, l, v6)
		transfer(t, client, server, 5e6)
	}
	must(t, l.Close())
	if large != DefaultMTU || wrong != 0 {
		t.Errorf("the largest packet has %d bytes; %d checksums are wrong", large, wrong)
	}
}

var _ = []interface { // what cmd/winwatch needs of both
	NextBatch([]capture.Segment) (int, error)
	Stop()
	Counters() capture.Counters
	LinkType() capture.LinkType
	Close() error
}{(*Tap)(nil)}

// TestTapLateRelay: times never go back, however late a relay is.
func TestTapLateRelay(t *testing.T) {
	ip := make([]byte, etherHeader+40)
	copy(ip[etherHeader:], []byte{0x45, 0, 0, 40, 8: 64, 9: 6, 12: 10, 15: 1, 16: 10, 19: 2, 32: 5 << 4, 33: 0x10})
	tap := &Tap{}
	var times []int64
	read := func(before int64) {
		batch := make([]capture.Segment, 4)
		for _, s := range batch[:tap.read(batch, before, 0)] {
			times = append(times, s.Time)
		}
	}
	tap.put(kernel.ClientEnd, &packet{frame: ip, copies: 1, exit: 200})
	read(300)
	tap.put(kernel.ServerEnd, &packet{frame: ip, copies: 1, exit: 100}) // too late
	tap.put(kernel.ClientEnd, &packet{frame: ip, copies: 1, exit: 400})
	read(500)
	if want := []int64{200, 200, 400}; !slices.Equal(times, want) {
		t.Errorf("times %v, want %v", times, want)
	}
}
