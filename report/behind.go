package report

import "io"

// behindWriter writes on a goroutine of its own, so that who makes the bytes
// does not wait for the system to take them: writing a row costs as much as
// formatting it. One buffer is filled while others wait, or are written.
type behindWriter struct {
	full, free chan []byte
	// done carries the first error when everything is written.
	done chan error
}

// newBehindWriter returns a writer to w that must be closed, with eight buffers of
// the given size: so many that nobody waits while the system writes some to the
// disk. w itself stays open, and is not used after Close.
func newBehindWriter(w io.Writer, size int) *behindWriter {
	b := &behindWriter{full: make(chan []byte, 7), free: make(chan []byte, 8), done: make(chan error, 1)}
	for range cap(b.free) {
		b.free <- make([]byte, 0, size)
	}
	go b.run(w)
	return b
}

func (b *behindWriter) run(w io.Writer) {
	var first error
	for p := range b.full {
		if first == nil {
			_, first = w.Write(p)
		}
		b.free <- p[:0]
	}
	b.done <- first
}

// buffer returns an empty buffer to fill.
func (b *behindWriter) buffer() []byte { return <-b.free }

// write hands a filled buffer over. Errors are kept until Close; after one,
// nothing more is written.
func (b *behindWriter) write(p []byte) { b.full <- p }

// Close waits until everything is written, and returns the first error.
func (b *behindWriter) Close() error {
	close(b.full)
	return <-b.done
}
