package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"winwatch/cmd/winwatch/internal/outfile"
)

// impatience is how long after the first signal another is a wish of its own: a
// terminal and a parent process may send the same one twice.
const impatience = 250 * time.Millisecond

// signalled is the cause of the end of a context that a signal has ended.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return s.String() }
func (signalled) Unwrap() error   { return context.Canceled }

// terminating are the signals that end the program. SIGHUP is none where whoever
// started it has it ignored, as nohup does.
func terminating() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// interruptible returns a context that the first of the terminating signals ends.
// The second ends the program at once; unfinished files are removed. The function
// that it returns makes an end of that.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, terminating()...)
	over := make(chan struct{})
	go func() {
		var first time.Time
		for {
			select {
			case <-over:
				return
			case s := <-signals:
				switch {
				case first.IsZero():
					first = time.Now()
					cancel(signalled{s})
				case time.Since(first) > impatience:
					outfile.RemoveUnfinished()
					os.Exit(statusFailed)
				}
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel(nil)
	}
}

// ignoreSIGPIPE makes writing to a closed pipe an error, so that files that are
// being written beside it are finished or removed.
func ignoreSIGPIPE() { signal.Ignore(syscall.SIGPIPE) }
