package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"winwatch/cmd/winwatch/internal/outfile"
)

// The times after a signal. Whatever winwatch is doing, it has ended after lastCall, or
// soon after if others keep the processor from it: late is better than never then.
const (
	// hurryAfter is when reports begin to leave out details, and when a reader of
	// stdout that takes nothing is given up.
	hurryAfter = time.Second
	// lastWrite is how long a write to stdout may take even then.
	lastWrite = 500 * time.Millisecond
	// lastCall is when winwatch ends even if a report is not complete.
	lastCall = 1850 * time.Millisecond
	// idle is how long it has to use no processor time to count as stuck.
	idle = time.Second
	// longest is how long it may take on the busiest machine.
	longest = 10 * time.Second
)

// hurry returns a channel that is closed hurryAfter the end of ctx.
func hurry(ctx context.Context) <-chan struct{} {
	c := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(hurryAfter, func() { close(c) }) })
	return c
}

// endInTime ends the program lastCall after ctx, in processor time if it gets any, unless
// the returned function is called before. It is for work that can't be interrupted.
func endInTime(ctx context.Context) (stop func()) {
	over := make(chan struct{})
	context.AfterFunc(ctx, func() {
		begin, used := time.Now(), processorTime()
		last, worked := used, begin
		for {
			select {
			case <-over:
				return
			case <-time.After(50 * time.Millisecond):
			}
			if now := processorTime(); now-last > time.Millisecond { // more than this loop needs
				last, worked = now, time.Now()
			}
			took := time.Since(begin)
			if took > longest || took > lastCall && (last-used > lastCall || time.Since(worked) > idle) {
				abandon()
			}
		}
	})
	return func() { close(over) }
}

// abandon ends the program without what it is doing. Not even the error message and
// removing files may keep it.
func abandon() {
	done := make(chan struct{}, 2)
	go func() {
		fmt.Fprintln(os.Stderr, "winwatch: interrupted: it ended before everything was written")
		done <- struct{}{}
	}()
	go func() {
		outfile.RemoveUnfinished()
		done <- struct{}{}
	}()
	over := time.After(100 * time.Millisecond)
	for range cap(done) {
		select {
		case <-done:
		case <-over:
			os.Exit(statusFailed)
		}
	}
	os.Exit(statusFailed)
}

// errNotRead is the error of a write to stdout that was given up.
var errNotRead = errors.New("stdout: interrupted, and nobody reads the rest of the report")

// An impatientWriter gives up a write once its time is over: nobody may ever read the
// other end of a pipe.
type impatientWriter struct {
	io.Writer
	over  <-chan struct{}
	stuck bool
}

// Write implements io.Writer.
func (w *impatientWriter) Write(p []byte) (int, error) {
	if w.stuck {
		return 0, errNotRead
	}
	type result struct {
		n   int
		err error
	}
	written := make(chan result, 1)
	p = slices.Clone(p) // the caller may reuse it after a write that was given up
	go func() {
		n, err := w.Writer.Write(p)
		written <- result{n, err}
	}()
	select {
	case r := <-written:
		return r.n, r.err
	case <-w.over:
	}
	select {
	case r := <-written:
		return r.n, r.err
	case <-time.After(lastWrite):
		w.stuck = true
		return 0, errNotRead
	}
}
