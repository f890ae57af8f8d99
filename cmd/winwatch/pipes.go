package main

import (
	"context"
	"os"
	"time"
)

// pipeGrace is how long winwatch keeps reading a pipe after Ctrl-C.
const pipeGrace = 600 * time.Millisecond

// pipeContext returns a context for reading pipes. It ends when ctx does,
// but pipeGrace later after Ctrl-C: the terminal sends that to the program at the
// other end of the pipe, too, and its last output is still to come.
func pipeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) == error(signalled{os.Interrupt}) {
			select {
			case <-reading.Done():
			case <-time.After(pipeGrace):
			}
		}
		cancel()
	})
	return reading, func() {
		stop()
		cancel()
	}
}
