package capture

import (
	"fmt"
	"io"
)

// decompressed is what a compressed file holds. Of an error it says where in the
// file it is, and it ends at what looks like a decompression bomb.
type decompressed struct {
	r      io.Reader
	n      int64           // bytes read from r
	file   *countingReader // the file as it is
	frames *uint64         // that were read from r
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
		err = fmt.Errorf("%w: %d bytes of the file became %d (if it is none, decompress it first)", ErrBomb, at, d.n)
	case err != nil && err != io.EOF:
		err = fmt.Errorf("%w, before byte %d of the compressed file", err, at)
	}
	return n, err
}

const (
	// harmless is what every file may become: it is read in no time.
	harmless = 64 << 20
	// bombFrames is how many frames no compressed byte stands for. Frames differ
	// in their time stamps at least: a flood of the same packet, one a microsecond,
	// takes 2.5 bytes a frame in gzip and 1.5 in zstd.
	bombFrames = 2
	// bombRatio is how far packets shrink of which each repeats the one before.
	bombRatio = 100
	// endless is where the reading of a file ends that shrank endlessRatio to 1:
	// after some seconds.
	endless      = 4 << 30
	endlessRatio = 1000
)

// isBomb reports whether so many bytes of a compressed file became more bytes and
// frames than a capture can hold.
//
// How far a file shrank does not tell: who tests with zeros and captures whole
// packets gets 570 to 1 in gzip and 4,000 to 1 in zstd, with BIG TCP 930 and
// 15,000 to 1. What tells is that nothing is new in the frames, or that there are
// none. A bomb that takes the pains to look like zeros is held to a few seconds of
// reading; a capture of zeros that is as large, and in zstd, shares its fate.
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
