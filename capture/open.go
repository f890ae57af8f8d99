package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow bounds the memory that a zstd file can claim. It is the zstd
// command's default limit.
const maxZstdWindow = 128 << 20

// compressedChunk is the read size for a compressed input.
const compressedChunk = 256 << 10

// Open opens a capture: a file name, or "-" for standard input. It may be pcap,
// pcapng or tcpdump's text output, plain or compressed with gzip or zstd; the
// format is detected from the content, not the name. Close it after use.
//
// Errors name the file and wrap ErrEmpty, ErrNotCapture, ErrIsDirectory, an
// error of the os package, or are a *DamageError if the file breaks before its
// first frame.
func Open(name string) (*Reader, error) { return (*Preopened)(nil).reader(name) }

// reader is Open for a preopened file.
func (h *Preopened) reader(name string) (*Reader, error) {
	if name == "-" {
		return NewReader(os.Stdin, "standard input")
	}
	f, err := h.open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: %w", name, ErrIsDirectory)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r, err := NewReader(h.waiting(f, info.Mode()), name)
	if err != nil {
		f.Close()
		return nil, err
	}
	if info.Mode().IsRegular() {
		r.size = info.Size()
	}
	r.closers = append(r.closers, f.Close)
	return r, nil
}

// NewReader is Open for a stream. name identifies it in errors. Close does not
// close in, but must still be called.
func NewReader(in io.Reader, name string) (*Reader, error) {
	r := &Reader{name: name}
	r.file.r = in
	r.buf = newBuffer(&r.file)
	if !r.buf.need(1) && r.buf.err == io.EOF {
		return nil, fmt.Errorf("%s: %w", name, ErrEmpty)
	}
	if err := r.decompress(); err != nil {
		return nil, err
	}
	if err := r.detect(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// decompress puts a decompressor in front of the buffer if the stream needs one.
func (r *Reader) decompress() error {
	r.buf.need(4)
	head := r.buf.unread()
	raw := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head), &r.file), compressedChunk)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(raw)
		if err != nil {
			return r.damaged(0, fmt.Errorf("gzip: %w", err))
		}
		ahead := newReadAhead(z)
		r.buf = newBuffer(r.decompressed(ahead))
		r.closers = append(r.closers, ahead.Close)
	case isZstd(head):
		// Concurrency 1: more goroutines would only compete with the ones that read
		// ahead and analyze.
		z, err := zstd.NewReader(raw, zstd.WithDecoderMaxMemory(maxZstdWindow), zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return r.damaged(0, fmt.Errorf("zstd: %w", err))
		}
		ahead := newReadAhead(z.IOReadCloser())
		r.buf = newBuffer(r.decompressed(ahead))
		r.closers = append(r.closers, ahead.Close)
	default:
		return nil
	}
	if !r.buf.need(1) && r.buf.err == io.EOF {
		r.Close()
		return fmt.Errorf("%s: %w (after decompression)", r.name, ErrEmpty)
	}
	return nil
}

// isZstd recognizes a zstd frame and the skippable frames before one (RFC 8878 3.1).
func isZstd(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	magic := binary.LittleEndian.Uint32(head)
	return magic == 0xfd2fb528 || magic&^0xf == 0x184d2a50
}

// detect chooses the format from the first bytes.
func (r *Reader) detect() error {
	if !r.buf.need(4) && r.buf.err != io.EOF {
		return r.damaged(0, r.buf.err)
	}
	head := r.buf.unread()
	if len(head) >= 4 {
		if order, ok := pcapOrder(head); ok {
			return r.openPcap(order)
		}
		if binary.LittleEndian.Uint32(head) == blockSection {
			return r.openPcapng()
		}
	}
	if what := foreignFormat(head); what != "" {
		return fmt.Errorf("%s: %w: it looks like %s", r.name, ErrNotCapture, what)
	}
	if t := newTextReader(r.buf, &r.dec); t.plausible() {
		r.format = t
		return nil
	}
	return fmt.Errorf("%s: %w: neither pcap, pcapng nor tcpdump text", r.name, ErrNotCapture)
}

// damaged returns the error for a file that is unreadable from offset on.
func (r *Reader) damaged(offset int64, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &DamageError{Name: r.name, Offset: offset, Err: err}
}

// foreignFormat names a format that is often mistaken for a readable capture, or
// returns "".
func foreignFormat(head []byte) string {
	for _, f := range []struct{ magic, what string }{
		{"GMBU", "Microsoft Network Monitor; convert it with editcap"},
		{"RTSS", "Microsoft Network Monitor; convert it with editcap"},
		{"snoop\x00\x00\x00", "Solaris snoop; convert it with editcap"},
		{"TRSNIFF data", "a Sniffer trace; convert it with editcap"},
		{"BZh", "a bzip2 file; decompress it first"},
		{"\xfd7zXZ\x00", "an xz file; decompress it first"},
		{"\x04\x22\x4d\x18", "an lz4 file; decompress it first"},
		{"PK\x03\x04", "a zip archive; unpack it first"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.what
		}
	}
	return ""
}
