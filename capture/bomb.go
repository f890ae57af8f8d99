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
}

func (r *Reader) decompressed(z io.Reader) io.Reader {
	return &decompressed{r: z, file: &r.file, frames: &r.dec.c.Frames}
}

// Read implements io.Reader.
func (d *decompressed) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.n += int64(n)
	at := d.file.n.Load()
	switch {
	case err == nil && isBomb(at, d.n, int64(*d.frames)):
		err = fmt.Errorf("%w: %d bytes of the file expanded to %d (if it is a real capture, decompress it first)", ErrBomb, at, d.n)
	case err != nil && err != io.EOF:
		err = fmt.Errorf("%w, before byte %d of the compressed file", err, at)
	}
	return n, err
}

const (
	// harmless is the size that any file may expand to: it is read in no time.
	harmless = 64 << 20
	// bombFrames is more frames per compressed byte than a real capture can have.
	// Frames differ at least in their time stamps: a flood of identical packets,
	// one per microsecond, takes 2.5 bytes per frame in gzip and 1.5 in zstd.
	bombFrames = 2
	// bombRatio is the compression ratio of packets that each repeat the previous
	// one.
	bombRatio = 100
	// endless is where reading stops, after a few seconds, in a file compressed
	// more than endlessRatio to 1.
	endless      = 4 << 30
	endlessRatio = 1000
)

// isBomb reports whether in bytes of a compressed file expanded to more bytes and
// frames than a real capture could.
//
// The compression ratio alone does not decide: tests that send zeros and capture
// whole packets reach 570 to 1 in gzip and 4,000 to 1 in zstd, and with BIG TCP
// 930 and 15,000 to 1. The signs of a bomb are frames that contain nothing new, or
// no frames at all. A bomb disguised as packets of zeros is limited to a few
// seconds of reading; so is a real zstd capture of zeros of that size.
func isBomb(in, out, frames int64) bool {
	switch {
	case out <= harmless:
		return false
	case frames/bombFrames > in:
		return true
	case (out-harmless)/MaxCaptured > frames:
		return out/bombRatio > in
	}
	return out > endless && out/endlessRatio > in
}
