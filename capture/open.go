package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Open opens a capture: a file name, or "-" for standard input. It may be pcap,
// pcapng, Solaris snoop, Microsoft Network Monitor, ERF or tcpdump's text output,
// plain or compressed with gzip, zstd, xz, bzip2 or lz4; the format is detected from
// the content, not the name. Close it after use.
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

// formats are those with a magic number, besides pcap.
var formats = []struct {
	is   func(head []byte) bool
	open func(*Reader) error
}{
	{startsWith("\x0a\x0d\x0d\x0a"), (*Reader).openPcapng},
	{startsWith(snoopMagic), (*Reader).openSnoop},
	{isNetmon, (*Reader).openNetmon},
}

// leastCapture is the least number of bytes that a capture has: those of a pcap file
// header, or of the shortest line of text.
const leastCapture = 24

// detect chooses the format from the first bytes.
func (r *Reader) detect() error {
	if !r.buf.need(leastCapture) && r.buf.err != io.EOF {
		return r.damaged(0, r.buf.err)
	}
	head := r.buf.unread()
	if order, ok := pcapOrder(head); ok {
		return r.openPcap(order)
	}
	for _, f := range formats {
		if f.is(head) {
			return f.open(r)
		}
	}
	if what := foreignFormat(head); what != "" {
		return r.notCapture("it looks like " + what)
	}
	if r.isErf() {
		return r.openErf()
	}
	if t := newTextReader(r.buf, &r.dec); t.plausible() {
		r.format = t
		return nil
	}
	if what := guessFormat(r.buf.unread()); what != "" {
		return r.notCapture("it looks like " + what)
	}
	return r.notCapture("none of the formats that winwatch knows")
}

func (r *Reader) notCapture(why string) error {
	return fmt.Errorf("%s: %w: %s", r.name, ErrNotCapture, why)
}

// damaged returns the error for a file that is unreadable from offset on.
func (r *Reader) damaged(offset int64, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &DamageError{Name: r.name, Offset: offset, Err: err}
}
