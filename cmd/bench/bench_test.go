//go:build linux

package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winwatch/capture"
)

// TestRepeat reads repeated captures: every copy has the same number of segments, and
// connections of its own.
func TestRepeat(t *testing.T) {
	if len(realKinds) < 3 {
		t.Fatalf("%d captures, want at least 3", len(realKinds))
	}
	const copies = 300 // needs more than one byte of the address
	for _, k := range realKinds {
		t.Run(k.kind, func(t *testing.T) {
			c, err := readRecords(filepath.Join("..", "..", "analyze", "testdata", "lab", k.dir, "capture.pcap"))
			if err != nil {
				t.Fatal(err)
			}
			if len(c.records) > 200 {
				c.records = c.records[:200]
			}
			once, streams := segments(t, c, 1)
			many, manyStreams := segments(t, c, copies)
			if once == 0 || many != copies*once || manyStreams != copies*streams {
				t.Errorf("%d segments of %d streams once, %d of %d in %d copies", once, streams, many, manyStreams, copies)
			}
		})
	}
}

// segments returns the number of segments and of streams in the given number of copies.
func segments(t *testing.T, c records, copies int) (n, streams int) {
	var file bytes.Buffer
	if err := c.repeat(&file, copies); err != nil {
		t.Fatal(err)
	}
	r, err := capture.NewReader(&file, "repeated")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	type ends struct {
		src, dst         capture.Addr
		srcPort, dstPort uint16
	}
	seen := map[ends]bool{}
	var s capture.Segment
	for err = r.Next(&s); err == nil; err = r.Next(&s) {
		n++
		seen[ends{s.Src, s.Dst, s.SrcPort, s.DstPort}] = true
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return n, len(seen)
}

func TestGoals(t *testing.T) {
	runs := func(ns ...int) (all []run) {
		for _, n := range ns {
			all = append(all, run{wall: time.Duration(n), cpu: time.Duration(2 * n)})
		}
		return all
	}
	b := bench{works: []*work{
		{id: "a", packets: 10, runs: runs(100, 500, 120)},
		{id: "c", packets: 5, runs: runs(100, 250, 100)}, // twice the time a packet, but in one round
	}}
	for _, tt := range []struct {
		goal goal
		want string
	}{
		{b.atMost("a : c", "a", "c", 0.5), "| a : c | ≤ 0.5 × | 0.6 × | 0.6 × | **not reached** |\n"},
		{b.atMost("a : c", "a", "c", 0.6), "| a : c | ≤ 0.6 × | 0.6 × | 0.6 × | reached |\n"},
		{b.atLeast("c : a", "c", "a", 1.6), "| c : a | ≥ 1.6 × | 1.67 × | 1.67 × | reached |\n"},
		{b.atLeast("c : a", "c", "a", 1.7), "| c : a | ≥ 1.7 × | 1.67 × | 1.67 × | **not reached** |\n"},
		{b.atMost("x : a", "x", "a", 1), "| x : a | | | | not measured |\n"},
	} {
		var got strings.Builder
		tt.goal.print(&got)
		if got.String() != tt.want {
			t.Errorf("got  %swant %s", got.String(), tt.want)
		}
	}
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("median of four = %v, want 2.5", got)
	}
}

// TestCaptures generates small versions of all captures, and finds them the second time.
func TestCaptures(t *testing.T) {
	t.Chdir(filepath.Join("..", "..")) // the bench runs in the root of the module
	o := options{dir: t.TempDir(), packets: 2000, conns: 20, seed: 1, long: 2}
	f, err := o.captures()
	if err != nil || !o.wrote {
		t.Fatalf("wrote %v: %v", o.wrote, err)
	}
	for _, name := range []string{f.main, f.pcapng, f.gzip, f.zstd} {
		r, err := capture.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			err = r.Next(new(capture.Segment))
		}
		if n := r.Counters().Frames; err != io.EOF || n != 2000 {
			t.Errorf("%s: %d frames: %v", filepath.Base(name), n, err)
		}
		r.Close()
	}
	o.wrote = false
	if again, err := o.captures(); err != nil || o.wrote || again.main != f.main {
		t.Errorf("second time: wrote %v, %v", o.wrote, err)
	}
}
