package capture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os/exec"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

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
			for name, open := range compressors(t) {
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
					t.Errorf("%s: %d of %d segments, then %v", name, c.Segments, tt.count, err)
				}
				t.Logf("%s: %d to 1, %.2f bytes a packet", name, size/file.Len(), float64(file.Len())/float64(tt.count))
			}
		})
	}
}

// compressors returns the compressors by name: in a full run also the commands for
// the formats that Go can't write, where they are installed.
func compressors(t *testing.T) map[string]func(io.Writer) io.WriteCloser {
	all := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
			if err != nil {
				t.Fatal(err)
			}
			return z
		},
		"lz4": func(w io.Writer) io.WriteCloser { return lz4.NewWriter(w) },
	}
	for _, name := range []string{"xz", "bzip2"} {
		if _, err := exec.LookPath(name); err == nil && capturetest.Full() {
			all[name] = func(w io.Writer) io.WriteCloser { return startCompressor(t, name, w) }
		}
	}
	return all
}

// startCompressor starts a command that compresses what is written to it. Close waits
// for its end.
func startCompressor(t *testing.T, name string, w io.Writer) io.WriteCloser {
	cmd := exec.Command(name, "-c")
	cmd.Stdout = w
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return waiter{in, cmd}
}

type waiter struct {
	io.WriteCloser
	cmd *exec.Cmd
}

func (w waiter) Close() error { return errors.Join(w.WriteCloser.Close(), w.cmd.Wait()) }

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

// TestBombIsBounded reads random frames that are repeated, for which the compressor
// needs next to nothing: a bomb that has to be decoded to be recognized. With as many
// random bytes between them as a real capture would have it is no bomb, but then the
// frames are few for its size.
func TestBombIsBounded(t *testing.T) {
	for _, tt := range []struct {
		name   string
		random int // bytes between two repetitions
		bomb   bool
	}{{"bare", 0, true}, {"padded a little", 1000, true}, {"padded", 4000, false}} {
		t.Run(tt.name, func(t *testing.T) {
			file := repeatedFrames(t, 3000, 700, tt.random)
			r := open(t, file)
			batch := make([]capture.Segment, 1024)
			var err error
			for err == nil {
				_, err = r.NextBatch(batch)
			}
			if errors.Is(err, capture.ErrBomb) != tt.bomb {
				t.Errorf("%d bytes: reading ends with %v", len(file), err)
			}
			// all that fits in a chunk is decoded before the next check
			if most := uint64(len(file) + 256<<10/16); r.Counters().Frames > max(most, 64<<20/56+256<<10/16) {
				t.Errorf("%d frames from %d bytes", r.Counters().Frames, len(file))
			}
		})
	}
}

// repeatedFrames returns a zstd capture of count frames with random addresses and
// ports, over and over, with a frame of random bytes after each time.
func repeatedFrames(t *testing.T, count, times, random int) []byte {
	t.Helper()
	rnd := rand.NewChaCha8([32]byte{})
	packet := packetsOf(t, "0 C > S S")[0]
	var block bytes.Buffer
	c, err := capture.NewWriter(&block, capture.LinkRaw, 65535)
	for i := 0; err == nil && i < count; i++ {
		rnd.Read(packet[12:24]) // addresses and ports
		err = c.WriteFrame(1e18+int64(i)*1000, packet, len(packet))
	}
	var file bytes.Buffer
	z, zerr := zstd.NewWriter(&file, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20))
	if err = errors.Join(err, zerr); err != nil {
		t.Fatal(err)
	}
	z.Write(block.Bytes()[:24])
	padding := make([]byte, random)
	for range times {
		z.Write(block.Bytes()[24:])
		rnd.Read(padding)
		z.Write(binary.LittleEndian.AppendUint64(make([]byte, 8), uint64(random)<<32|uint64(random)))
		z.Write(padding)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
