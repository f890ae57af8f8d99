package capture_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestNoBombs checks that the most compressible real captures are not taken for
// bombs. Both come from common tests.
func TestNoBombs(t *testing.T) {
	type alike struct {
		name        string
		size, count int
	}
	for _, tt := range capturetest.Sample([]alike{
		{"full packets of zeros on loopback", 65535, 2000},
		{"flood of identical packets", 200, 400_000},
	}, 2) {
		t.Run(tt.name, func(t *testing.T) {
			for _, open := range []func(io.Writer) io.WriteCloser{
				func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
				func(w io.Writer) io.WriteCloser {
					z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
					if err != nil {
						t.Fatal(err)
					}
					return z
				},
			} {
				var file bytes.Buffer
				size := writeAlike(t, open(&file), tt.size, tt.count)
				r, err := capture.NewReader(bytes.NewReader(file.Bytes()), "alike")
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				batch := make([]capture.Segment, 1024)
				for err == nil {
					_, err = r.NextBatch(batch)
				}
				if c := r.Counters(); err != io.EOF || c.Segments != uint64(tt.count) {
					t.Errorf("%d of %d segments, then %v", c.Segments, tt.count, err)
				}
				t.Logf("%d to 1, %.1f bytes a packet", size/file.Len(), float64(file.Len())/float64(tt.count))
			}
		})
	}
}

// writeAlike writes a capture of packets that differ only in their time stamps, and
// returns its size.
func writeAlike(t *testing.T, w io.WriteCloser, size, count int) int {
	t.Helper()
	packet := make([]byte, size)
	copy(packet, packetsOf(t, "0 C > S .")[0])
	binary.BigEndian.PutUint16(packet[2:], uint16(size))
	c, err := capture.NewWriter(w, capture.LinkRaw, size)
	for i := 0; err == nil && i < count; i++ {
		err = c.WriteFrame(1e18+int64(i)*1000, packet, size)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 24 + count*(16+size)
}
