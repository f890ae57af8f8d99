package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// A stdinReader reads standard input until its context ends: a plain read of a
// pipe would wait for the writer, however long.
type stdinReader struct {
	in  io.Reader
	ctx context.Context
}

// errStdinStopped is what a stdinReader returns after its context has ended.
var errStdinStopped = errors.New("interrupted")

func (r *stdinReader) Read(p []byte) (int, error) {
	for r.ctx.Err() == nil {
		if f, ok := r.in.(*os.File); !ok || readable(f, stdinPoll) {
			return r.in.Read(p)
		}
	}
	return 0, errStdinStopped
}

const (
	// stdinPoll is the longest time before a stdinReader notices that its context
	// has ended.
	stdinPoll = 100 * time.Millisecond
	// stdinGrace is how long winwatch keeps reading standard input after Ctrl-C.
	stdinGrace = 2 * time.Second
)

// stdinContext returns a context for reading standard input. It ends when ctx does,
// but stdinGrace later after Ctrl-C: the terminal sends that to the program at the
// other end of the pipe, too, and its last output is still to come.
func stdinContext(ctx context.Context) (context.Context, context.CancelFunc) {
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) == error(signalled{os.Interrupt}) {
			select {
			case <-reading.Done():
			case <-time.After(stdinGrace):
			}
		}
		cancel()
	})
	return reading, func() {
		stop()
		cancel()
	}
}
