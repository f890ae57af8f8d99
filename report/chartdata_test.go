package report

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
)

// analyzed runs a capture through the analyzer and, in a second pass, collects
// the points of all its streams.
func analyzed(tb testing.TB, file string) (*analyze.Result, *chart.Timeline) {
	tb.Helper()
	var r *analyze.Result
	tl := chart.New(2_000_000)
	for pass := range 2 {
		a := analyze.New(analyze.DefaultConfig())
		if pass == 1 {
			a.OnSample(tl.Add)
		}
		src, err := capture.Open(file)
		if err != nil {
			tb.Fatal(err)
		}
		var seg capture.Segment
		for {
			err := src.Next(&seg)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				tb.Fatal(err)
			}
			a.Add(&seg)
		}
		src.Close()
		if pass == 0 {
			r = a.Result()
		}
	}
	return r, tl
}

// writePage writes a page into a folder of the test and returns its name.
func writePage(tb testing.TB, name string, p *HTMLPage) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name+".html")
	if dir := os.Getenv("WINWATCH_SCREENSHOTS"); dir != "" {
		file = filepath.Join(dir, name+".html")
	}
	f, err := os.Create(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := HTML(f, p); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return file
}

// stallingStreams makes n streams; of those whose number is a multiple of every, the
// receiver stops reading for a while that grows with the number.
func stallingStreams(n, every int) (*analyze.Result, *chart.Timeline) {
	a, tl := analyze.New(analyze.DefaultConfig()), chart.New(1_000_000)
	a.OnSample(tl.Add)
	var all []capture.Segment
	base := int64(1_700_000_000e9)
	for id := range n {
		c, s := capture.AddrFrom4([4]byte{10, 0, byte(id >> 8), byte(id)}), capture.AddrFrom4([4]byte{10, 9, 0, byte(id % 7)})
		at := base + int64(id)*20e6
		send := func(fromServer bool, flags capture.Flags, seq, ack, length uint32, window uint16) {
			seg := capture.Segment{Time: at, HopLimit: 64, Flags: flags, Seq: seq, Ack: ack, Len: length, Window: window,
				Src: c, Dst: s, SrcPort: uint16(40000 + id%20000), DstPort: 443}
			if fromServer {
				seg.Src, seg.Dst, seg.SrcPort, seg.DstPort = s, c, seg.DstPort, seg.SrcPort
			}
			if flags.Has(capture.SYN) {
				seg.Options, seg.WindowShift, seg.MSS = capture.HasWindowScale|capture.HasMSS, 7, 1460
			}
			all = append(all, seg)
			at += 1e6
		}
		send(false, capture.SYN, 0, 0, 0, 64240)
		send(true, capture.SYN|capture.ACK, 0, 1, 0, 65160)
		send(false, capture.ACK, 1, 1, 0, 502)
		seq, window := uint32(1), uint32(65152)
		for range 30 {
			send(false, capture.ACK|capture.PSH, seq, 1, 1448, 502)
			seq += 1448
			if id%every == 0 {
				window -= 1448
			}
			send(true, capture.ACK, 1, seq, 0, uint16(window/128))
		}
		if id%every == 0 {
			for ; window >= 1448; window -= 1448 {
				send(false, capture.ACK|capture.PSH, seq, 1, 1448, 502)
				seq += 1448
			}
			send(false, capture.ACK|capture.PSH, seq, 1, window/128*128, 502)
			seq += window / 128 * 128
			send(true, capture.ACK, 1, seq, 0, 0)
			for k := range id/every + 2 {
				at += 200e6 << min(k, 12)
				send(false, capture.ACK, seq-1, 1, 0, 502)
				send(true, capture.ACK, 1, seq, 0, 0)
			}
			send(true, capture.ACK, 1, seq, 0, 509)
			send(false, capture.ACK|capture.PSH, seq, 1, 1448, 502)
			send(true, capture.ACK, 1, seq+1448, 0, 509)
		}
	}
	slices.SortStableFunc(all, func(a, b capture.Segment) int { return cmp.Compare(a.Time, b.Time) })
	for i := range all {
		all[i].Frame = uint64(i + 1)
		a.Add(&all[i])
	}
	return a.Result(), tl
}
