package capture

import (
	"io"
	"os"
	"sync"
)

// readAhead reads a stream on a separate goroutine, a few chunks ahead, so that
// decompression and decoding run on different cores. Byte order and the position
// of an error are preserved.
type readAhead struct {
	full  chan aheadChunk
	empty chan []byte
	stop  chan struct{}
	once  sync.Once
	cur   aheadChunk // the chunk being handed out
	rest  []byte     // the part of cur not handed out yet
}

// aheadChunk is the result of one read.
type aheadChunk struct {
	buf []byte
	n   int
	err error
}

// newReadAhead starts reading r and takes over closing it.
func newReadAhead(r io.ReadCloser) *readAhead {
	a := &readAhead{full: make(chan aheadChunk, 3), empty: make(chan []byte, 4), stop: make(chan struct{})}
	for range cap(a.empty) {
		a.empty <- make([]byte, chunkSize)
	}
	go a.run(r)
	return a
}

// run reads chunks until r ends or the reader is closed.
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
			a.empty <- a.cur.buf // never blocks: the channel has room for all buffers
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

// Close ends the goroutine. It does not wait for a read in progress: a read of
// standard input may never return.
func (a *readAhead) Close() error {
	a.once.Do(func() { close(a.stop) })
	return nil
}
