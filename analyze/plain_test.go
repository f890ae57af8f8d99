package analyze_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// both analyzes the same segments on the fast path and on the slow path.
type both struct {
	fast, slow *analyze.Analyzer
	last       [2]analyze.Sample
}

func newBoth() *both {
	b := &both{fast: analyze.New(analyze.DefaultConfig()), slow: analyze.New(analyze.DefaultConfig())}
	b.slow.ForceSlowPath()
	b.fast.OnSample(func(s *analyze.Sample) { b.last[0] = *s })
	b.slow.OnSample(func(s *analyze.Sample) { b.last[1] = *s })
	return b
}

func (b *both) add(t *testing.T, s *capture.Segment) {
	b.fast.Add(s)
	b.slow.Add(s)
	b.last[0].Segment, b.last[1].Segment = nil, nil
	if b.last[0] != b.last[1] {
		t.Fatalf("%v\nfast path %+v\nslow path %+v", s, b.last[0], b.last[1])
	}
}

func (b *both) compare(t *testing.T) {
	b.fast.Flush()
	b.slow.Flush()
	fast, slow := b.fast.Result(), b.slow.Result()
	next := make(chan *analyze.Stream)
	go func() {
		defer close(next)
		for s := range slow.All() {
			next <- s
		}
	}()
	for s := range fast.All() {
		if o := <-next; !reflect.DeepEqual(s, o) {
			t.Fatalf("fast path %+v\nslow path %+v", s, o)
		}
	}
	if o, more := <-next; more {
		t.Fatalf("stream %d is missing on the fast path", o.ID)
	}
	if fast.StallTime != slow.StallTime || fast.Span != slow.Span || fast.Bytes != slow.Bytes {
		t.Fatalf("fast path: totals %+v\nslow path: %+v", fast, slow)
	}
}

// FuzzPlain checks that the fast path for plain segments gives the same results as the
// slow path.
func FuzzPlain(f *testing.F) {
	f.Add(false, []byte("0123456789abcdef0123456789abcdeg0123456789abcdeh"))
	f.Add(true, make([]byte, 20*steered))
	f.Add(true, bigSegment)
	f.Add(true, unacknowledged)
	f.Add(true, handshakeAgain)
	f.Fuzz(func(t *testing.T, plausible bool, data []byte) {
		b := newBoth()
		if plausible {
			for _, s := range steer(data) {
				b.add(t, &s)
			}
		} else {
			prev := capture.Segment{Time: 1}
			for n := uint64(1); len(data) >= segmentBytes; n++ {
				prev = decodeSegment(data, n, &prev)
				b.add(t, &prev)
				data = data[segmentBytes:]
			}
		}
		b.compare(t)
	})
}

// Inputs of steer for which the fast path once differed.
var (
	both1 = []byte{0, 1, 0, 0, 0, 0, 1, 10, 1, 1, 0, 0, 0, 0, 1, 10}
	// bigSegment claims a length of more than 2^31.
	bigSegment = slices.Concat(both1, both1, []byte{8, 255, 24, 0, 0, 0, 1, 10, 1, 1, 0, 0, 0, 0, 1, 10})
	// unacknowledged sends more than 2^31 bytes without an ACK.
	unacknowledged = slices.Concat(both1, both1, bytes.Repeat([]byte{8, 1, 20, 0, 0, 0, 1, 10}, 2600), []byte{8, 1, 20, 0, 0, 0, 1, 30}, both1)
	// handshakeAgain reuses ports and sequence numbers, and its scaled window happens to
	// equal the window of the SYN-ACK.
	handshakeAgain = slices.Concat(both1, both1, []byte{12, 254, 0, 0, 0, 0, 1, 10},
		[]byte{1, 1, 0, 100, 0, 0, 1, 10, 0, 1, 0, 0, 0, 0, 1, 10, 1, 1, 0, 156, 0, 0, 1, 10})
)

// TestPlain does the same as FuzzPlain with real captures and generated traffic, in which
// most segments are plain.
func TestPlain(t *testing.T) {
	files, _ := filepath.Glob("testdata/lab/*/capture.pcap")
	if len(files) == 0 {
		t.Fatal("no captures found")
	}
	for _, name := range append(files, "testdata/seed-flood.pcap") {
		t.Run(name, func(t *testing.T) {
			src, err := capture.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			b := newBoth()
			var s capture.Segment
			for {
				if err := src.Next(&s); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				b.add(t, &s)
			}
			b.compare(t)
		})
	}
	t.Run("traffic", func(t *testing.T) {
		b := newBoth()
		for s := range (capturetest.Traffic{Packets: 200_000, Conns: 300, Seed: 7}).Segments() {
			b.add(t, s)
		}
		b.compare(t)
	})
}
