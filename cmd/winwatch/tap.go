package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// A tap reads standard input as long as its context lasts: a read of a pipe would
// wait for the writer, however long.
type tap struct {
	in  io.Reader
	ctx context.Context
}

// errShut is what a tap returns when its context has ended.
var errShut = errors.New("interrupted")

func (t *tap) Read(p []byte) (int, error) {
	for t.ctx.Err() == nil {
		if f, ok := t.in.(*os.File); !ok || ready(f, shutWithin) {
			return t.in.Read(p)
		}
	}
	return 0, errShut
}

const (
	// shutWithin is how soon a tap notices that its context has ended.
	shutWithin = 100 * time.Millisecond
	// grace is how long after Ctrl-C standard input is still read.
	grace = 2 * time.Second
)

// untilWritten returns a context for reading standard input. It ends when ctx
// does, but after Ctrl-C somewhat later: that ends the program that writes to the
// pipe too, and what it has written is still to be read.
func untilWritten(ctx context.Context) (context.Context, context.CancelFunc) {
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) == error(signalled{os.Interrupt}) {
			select {
			case <-reading.Done():
			case <-time.After(grace):
			}
		}
		cancel()
	})
	return reading, func() {
		stop()
		cancel()
	}
}
