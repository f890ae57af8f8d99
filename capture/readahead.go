package capture

import (
	"io"
	"os"
	"sync"
)

// readAhead reads a stream on a goroutine of its own, some chunks ahead, so
// that decompressing takes another core than decoding. The order of bytes and
// the place of an error stay as they are.
type readAhead struct {
	full  chan aheadChunk
	empty chan []byte
	stop  chan struct{}
	once  sync.Once
	cur   aheadChunk // the chunk being handed out
	rest  []byte     // what is left of it
}

// aheadChunk is what one or more reads returned.
type aheadChunk struct {
	buf []byte
	n   int
	err error
}

// newReadAhead begins to read r, which it closes in the end.
func newReadAhead(r io.ReadCloser) *readAhead {
	a := &readAhead{full: make(chan aheadChunk, 3), empty: make(chan []byte, 4), stop: make(chan struct{})}
	for range cap(a.empty) {
		a.empty <- make([]byte, chunkSize)
	}
	go a.run(r)
	return a
}

// run reads chunks until r or the reader ends.
func (a *readAhead) run(r io.ReadCloser) {
	defer r.Close()
	for {
		var c aheadChunk
		select {
		case c.buf = <-a.empty:
		case <-a.stop:
			return
		}
		// one read, not a full chunk: a pipe may have no more for now
		c.n, c.err = r.Read(c.buf)
		select {
		case a.full <- c:
		case <-a.stop:
			return
		}
		if c.err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (a *readAhead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.cur.err != nil {
			return 0, a.cur.err
		}
		if a.cur.buf != nil {
			a.empty <- a.cur.buf // never blocks: there are as many buffers as places
		}
		select {
		case a.cur = <-a.full:
		case <-a.stop:
			a.cur.buf = nil
			return 0, os.ErrClosed
		}
		a.rest = a.cur.buf[:a.cur.n]
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close ends the goroutine. It does not wait for a read that is under way: one
// of standard input might never return.
func (a *readAhead) Close() error {
	a.once.Do(func() { close(a.stop) })
	return nil
}
