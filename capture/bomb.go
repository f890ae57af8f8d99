package capture

import (
	"fmt"
	"io"
)

// decompressed reads the content of a compressed file. It adds the position in
// the file to errors, and stops at what looks like a decompression bomb.
type decompressed struct {
	r      io.Reader
	n      int64           // bytes read from r
	file   *countingReader // the compressed file
	frames *uint64         // frames read from r
	limit  bombLimits
}

// Read implements io.Reader.
func (d *decompressed) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.n += int64(n)
	at := d.file.n.Load()
	switch {
	case err == nil && d.limit.exceeded(at, d.n, int64(*d.frames)):
		err = fmt.Errorf("%w: %d bytes of the file expanded to %d (if it is a real capture, decompress it first)", ErrBomb, at, d.n)
	case err != nil && err != io.EOF:
		err = fmt.Errorf("%w, before byte %d of the compressed file", err, at)
	}
	return n, err
}

const (
	// harmless is the size that any file may expand to: it is read in no time.
	harmless = 64 << 20
	// packetRatio is the compression ratio of packets that each repeat the previous
	// one.
	packetRatio = 100
)

// bombLimits are what a real capture in a compressed format stays below. They also
// bound the time that a file of a given size can take.
type bombLimits struct {
	// frames per compressed byte. Frames differ at least in their time stamps: a
	// flood of identical packets, one per microsecond, has 0.2 in lz4, 0.4 in gzip,
	// 0.7 in zstd, 2.9 in bzip2 and 3.7 in xz.
	frames int64
	// endless is the size at which reading stops, after some seconds, in a file
	// compressed more than ratio to 1. Slow decompressors stop sooner.
	endless, ratio int64
}

// exceeded reports whether in bytes of a compressed file expanded to more bytes and
// frames than a real capture could.
//
// The compression ratio alone does not decide: tests that send zeros and capture
// whole packets reach 570 to 1 in gzip and 4,000 to 1 in zstd, and with BIG TCP
// 930 and 15,000 to 1. The signs of a bomb are frames that contain nothing new, or
// no frames at all. A bomb disguised as packets of zeros is limited to a few
// seconds of reading; so is a real capture of zeros of that size.
func (l *bombLimits) exceeded(in, out, frames int64) bool {
	switch {
	case out <= harmless:
		return false
	case frames/l.frames > in:
		return true
	case (out-harmless)/MaxCaptured > frames:
		return out/packetRatio > in
	}
	return out > l.endless && out/l.ratio > in
}
