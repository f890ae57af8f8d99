package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"winwatch/cmd/winwatch/internal/outfile"
)

// impatience is how long after the first signal a second one counts as deliberate:
// the terminal and a parent process may both deliver the same Ctrl-C.
const impatience = 250 * time.Millisecond

// signalled is the cause of a context that a signal has canceled.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return s.String() }
func (signalled) Unwrap() error   { return context.Canceled }

// terminating returns the signals that end the program. SIGHUP is not among them if
// the program was started with SIGHUP ignored, as by nohup.
func terminating() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// interruptible returns a context that the first terminating signal cancels. The
// second signal removes unfinished files and exits at once. The returned function
// stops handling signals.
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

// ignoreSIGPIPE turns a write to a closed pipe into an error, so that output files
// are still finished or removed.
func ignoreSIGPIPE() { signal.Ignore(syscall.SIGPIPE) }
