package report

import "io"

// behindWriter writes on a goroutine of its own, so that who makes the bytes
// does not wait for the system to take them: writing a row costs as much as
// formatting it. It holds two buffers at most.
type behindWriter struct {
	full, free chan []byte
	// failed carries the first error, once; done is closed at the end.
	failed chan error
	done   chan struct{}
	err    error
}

// newBehindWriter returns a writer to w that must be closed. w itself stays
// open, and is not used after Close.
func newBehindWriter(w io.Writer) *behindWriter {
	b := &behindWriter{
		full: make(chan []byte, 1), free: make(chan []byte, 2),
		failed: make(chan error, 1), done: make(chan struct{}),
	}
	b.free <- nil
	b.free <- nil
	go b.run(w)
	return b
}

func (b *behindWriter) run(w io.Writer) {
	defer close(b.done)
	failed := false
	for p := range b.full {
		if !failed {
			if _, err := w.Write(p); err != nil {
				failed = true
				b.failed <- err
			}
		}
		b.free <- p[:0]
	}
}

// Write takes a copy of p. An error is that of an earlier call.
func (b *behindWriter) Write(p []byte) (int, error) {
	buf := append(<-b.free, p...)
	select {
	case b.err = <-b.failed:
	default:
	}
	if b.err != nil {
		b.free <- buf[:0]
		return 0, b.err
	}
	b.full <- buf
	return len(p), nil
}

// Close waits until everything is written, and returns the first error.
func (b *behindWriter) Close() error {
	close(b.full)
	<-b.done
	select {
	case b.err = <-b.failed:
	default:
	}
	return b.err
}
