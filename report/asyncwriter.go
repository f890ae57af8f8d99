package report

import "io"

// AsyncWriter writes on its own goroutine, so that formatting does not wait for the
// system: writing a row costs as much as formatting it. The caller fills one buffer
// while others wait or are written.
type AsyncWriter struct {
	full, free chan []byte
	// done carries the first error once everything is written.
	done chan error
}

// NewAsyncWriter returns a writer to w with eight buffers of size bytes each, enough
// to keep formatting while the system flushes some to disk. The caller must call
// Close, which leaves w open.
func NewAsyncWriter(w io.Writer, size int) *AsyncWriter {
	a := &AsyncWriter{full: make(chan []byte, 7), free: make(chan []byte, 8), done: make(chan error, 1)}
	for range cap(a.free) {
		a.free <- make([]byte, 0, size)
	}
	go a.run(w)
	return a
}

func (a *AsyncWriter) run(w io.Writer) {
	var first error
	for p := range a.full {
		if first == nil {
			_, first = w.Write(p)
		}
		a.free <- p[:0]
	}
	a.done <- first
}

// Buffer returns an empty buffer to fill. It blocks while all buffers are in use.
func (a *AsyncWriter) Buffer() []byte { return <-a.free }

// Send queues a buffer from Buffer for writing; the caller gives it up. Close reports
// errors. After the first error nothing more is written.
func (a *AsyncWriter) Send(p []byte) { a.full <- p }

// Close waits until everything is written and returns the first error.
func (a *AsyncWriter) Close() error {
	close(a.full)
	return <-a.done
}
