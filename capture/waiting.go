package capture

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// ErrInterrupted is the error of an input that was not read to its end because its
// context was done.
var ErrInterrupted = errors.New("interrupted")

// waitPoll is the longest time before a waiting reader notices that its context is done.
const waitPoll = 100 * time.Millisecond

// waiting reads a pipe, a terminal or a socket until its context is done: a plain read
// would wait for the writer, however long.
type waiting struct {
	in  io.Reader
	ctx context.Context
}

// Waiting returns a reader of in that fails with ErrInterrupted once ctx is done, even
// while it waits for more. Only a file that is in can be waited for in that way.
func Waiting(ctx context.Context, in io.Reader) io.Reader { return &waiting{in, ctx} }

// Read implements io.Reader.
func (w *waiting) Read(p []byte) (int, error) {
	for w.ctx.Err() == nil {
		if f, ok := w.in.(*os.File); !ok || readable(f, waitPoll) {
			return w.in.Read(p)
		}
	}
	return 0, ErrInterrupted
}

// Until returns the same captures, for OpenAll to open and read only until ctx is done;
// then reading ends with ErrInterrupted. Only pipes take notice while they are read.
func (p *Preopened) Until(ctx context.Context) *Preopened {
	until := Preopened{ctx: ctx}
	if p != nil {
		until.files, until.dirs = p.files, p.dirs
	}
	return &until
}

// interrupted returns ErrInterrupted once the context is done.
func (p *Preopened) interrupted() error {
	if p != nil && p.ctx != nil && p.ctx.Err() != nil {
		return ErrInterrupted
	}
	return nil
}

// waiting returns a reader of a file that may have to wait for a writer.
func (p *Preopened) waiting(f fs.File, mode fs.FileMode) io.Reader {
	if mode.IsRegular() {
		return f
	}
	ctx := context.Background()
	if p != nil && p.ctx != nil {
		ctx = p.ctx
	}
	return Waiting(ctx, f)
}

// openFile opens a file. Opening a named pipe does not wait for its writer: reading does.
func openFile(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return os.OpenFile(name, os.O_RDONLY|nonblock, 0)
	}
	return os.Open(name)
}
