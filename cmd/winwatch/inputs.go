package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"syscall"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/cmd/winwatch/internal/term"
)

// explainInput adds hints to the error of an input, or to the joined errors of several.
func explainInput(err error) error {
	if errs := joined(err); errs != nil {
		var explained []error
		for _, e := range errs {
			explained = append(explained, explainInput(e))
		}
		return errors.Join(explained...)
	}
	if _, damaged := errors.AsType[*capture.DamageError](err); damaged {
		return damagedError{err}
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "this user is not allowed to read it")
	case errors.Is(err, syscall.EMFILE):
		return withHint(err, "as root, winwatch opens all captures before it reads the first one:", "raise the limit (ulimit -n), or run winwatch as a user who may read them")
	case errors.Is(err, capture.ErrNoFrames):
		return withHint(err, "leave out the words after --, or analyze the capture itself")
	case errors.Is(err, capture.ErrNotCapture):
		return withHint(err, "winwatch reads pcap, pcapng, snoop, Network Monitor, ERF and the output of tcpdump -nn -S,", "plain or compressed with gzip, zstd, xz, bzip2 or lz4")
	}
	return err
}

// refuseTerminal returns an error if standard input is a terminal.
func refuseTerminal(stdin io.Reader) error {
	if !term.IsTerminal(stdin) {
		return nil
	}
	return withHint(usageErrorf("standard input is a terminal"),
		"pipe a capture into winwatch: tcpdump -U -w - | winwatch analyze -")
}

// input is an open capture.
type input interface {
	analyze.Source
	SetFilter(capture.Filter) error
	Offset() int64
	Size() int64
	Close() error
}

var (
	_ input = (*capture.Reader)(nil)
	_ input = (*capture.Files)(nil)
)

func isStdin(files []string) bool { return files[0] == "-" }

// openInput opens the files as one capture, or uses the ones opened in advance. once
// reports whether the capture can be read only once. Canceling ctx ends waiting for
// pipes.
func (j *job) openInput(ctx context.Context) (in input, once bool, err error) {
	if isStdin(j.inputs) {
		if err := refuseTerminal(j.std.in); err != nil {
			return nil, true, err
		}
		widenPipe(j.std.in)
		r, err := capture.NewReader(capture.Waiting(ctx, j.std.in), "standard input")
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, true, errors.New("standard input: interrupted before the first packet")
		case err != nil:
			in, err = j.openBroken(err)
			return in, true, err
		}
		return r, true, nil
	}
	f, err := j.preopened.Until(ctx).OpenAll(j.inputs)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, false, fmt.Errorf("%s: interrupted before the first packet", j.Source)
	case err != nil:
		in, err = j.openBroken(err)
		return in, false, err
	}
	j.unread = f.Unread()
	if err := j.spare(allNames(f)); err != nil {
		f.Close()
		return nil, false, err
	}
	return f, f.Once(), nil
}

// allNames returns the names of the captures, followed by those of unreadable files.
func allNames(f *capture.Files) []string {
	names := f.Names()
	for _, u := range f.Unread() {
		names = append(names, u.Name)
	}
	return names
}

// spare returns an error if an output would replace a capture found in one of the
// directories.
func (j *job) spare(captures []string) error {
	for _, o := range j.outs {
		if slices.Contains(captures, o.replaces) {
			return usageErrorf("%s: this file is one of the captures; winwatch never overwrites its input", o.Name())
		}
	}
	return nil
}
