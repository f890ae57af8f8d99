package capture

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/therootcompany/xz"
)

// These bound the memory that a compressed file can claim: the default limits of
// the zstd command and of xz -9. bzip2 takes at most 4 MiB and lz4 12 MiB.
const (
	maxZstdWindow   = 128 << 20
	maxXzDictionary = 64 << 20
)

// compressedChunk is the read size for a compressed input.
const compressedChunk = 256 << 10

// compressions are the compressed formats that a capture may be in.
var compressions = []compression{
	{"gzip", isGzip, openGzip, bombLimits{frames: 1, endless: 4 << 30, ratio: 1000}},
	{"zstd", isZstd, openZstd, bombLimits{frames: 1, endless: 4 << 30, ratio: 1000}},
	{"xz", startsWith("\xfd7zXZ\x00"), openXz, bombLimits{frames: 5, endless: 512 << 20, ratio: 100}},
	{"bzip2", isBzip2, openBzip2, bombLimits{frames: 4, endless: 256 << 20, ratio: 100}},
	{"lz4", isLz4, openLz4, bombLimits{frames: 1, endless: 4 << 30, ratio: 1000}},
}

// A compression is one compressed format.
type compression struct {
	name  string
	is    func(head []byte) bool
	open  func(io.Reader) (io.ReadCloser, error)
	limit bombLimits
}

// decompress puts a decompressor in front of the buffer if the stream needs one.
func (r *Reader) decompress() error {
	r.buf.need(longestMagic)
	head := r.buf.unread()
	c := compressionOf(head)
	if c == nil {
		return nil
	}
	z, err := c.open(bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head), &r.file), compressedChunk))
	if err != nil {
		if !strings.HasPrefix(err.Error(), c.name) { // most decompressors give their name
			err = fmt.Errorf("%s: %w", c.name, err)
		}
		return r.damaged(0, err)
	}
	ahead := newReadAhead(z)
	r.closers = append(r.closers, ahead.Close)
	r.buf = newBuffer(&decompressed{r: ahead, file: &r.file, frames: &r.dec.c.Frames, limit: c.limit})
	if !r.buf.need(1) && r.buf.err == io.EOF {
		r.Close()
		return fmt.Errorf("%s: %w (after decompression)", r.name, ErrEmpty)
	}
	return nil
}

// longestMagic is how many bytes compressionOf looks at.
const longestMagic = 10

// compressionOf returns the compression of a file that starts with head, or nil.
func compressionOf(head []byte) *compression {
	for i := range compressions {
		if compressions[i].is(head) {
			return &compressions[i]
		}
	}
	return nil
}

// startsWith returns a function that recognizes a magic number.
func startsWith(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) }

func openGzip(in io.Reader) (io.ReadCloser, error) { return gzip.NewReader(in) }

// isZstd recognizes a zstd frame and the skippable frames before one (RFC 8878 3.1).
func isZstd(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	magic := binary.LittleEndian.Uint32(head)
	return magic == 0xfd2fb528 || magic&^0xf == 0x184d2a50
}

func openZstd(in io.Reader) (io.ReadCloser, error) {
	// Concurrency 1: more goroutines would only compete with the ones that read
	// ahead and analyze.
	z, err := zstd.NewReader(in, zstd.WithDecoderMaxMemory(maxZstdWindow), zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// openXz uses a decoder that keeps one dictionary for all blocks of a file: with a
// new one per block, a small file of empty blocks would take hours.
func openXz(in io.Reader) (io.ReadCloser, error) {
	z, err := xz.NewReader(in, maxXzDictionary)
	return io.NopCloser(xzReader{z}), xzError(err)
}

// xzReader is an xz.Reader that reports a cut file as others do.
type xzReader struct{ r *xz.Reader }

func (z xzReader) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	return n, xzError(err)
}

func xzError(err error) error {
	if err == xz.ErrBuf { // it wants more, and there is no more
		return io.ErrUnexpectedEOF
	}
	return err
}

// isBzip2 recognizes a stream header and what follows it: the magic number of a
// block, or that of the end of an empty stream.
func isBzip2(head []byte) bool {
	if len(head) < 10 || string(head[:3]) != "BZh" || head[3] < '1' || head[3] > '9' {
		return false
	}
	next := string(head[4:10])
	return next == "\x31\x41\x59\x26\x53\x59" || next == "\x17\x72\x45\x38\x50\x90"
}

func openBzip2(in io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(in)), nil }

// isLz4 recognizes an lz4 frame, and one of the format that the Linux kernel still
// uses.
func isLz4(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x04\x22\x4d\x18")) || bytes.HasPrefix(head, []byte("\x02\x21\x4c\x18"))
}

func openLz4(in io.Reader) (io.ReadCloser, error) { return io.NopCloser(lz4.NewReader(in)), nil }
