package main

import "winwatch/capture"

// ahead reads a source in a goroutine of its own, so that the next segments are
// read and decoded while those before them are analyzed. They come in the same
// order, so that the results are the same as with one core.
type ahead struct {
	full chan aheadBatch
	free chan []capture.Segment
	stop chan struct{}
}

// aheadBatch is what one NextBatch gave: the error holds after the segments.
type aheadBatch struct {
	segments []capture.Segment
	err      error
}

// aheadBatches is how many batches are under way: together they stay in the
// cache of a core.
const aheadBatches = 4

// readAhead begins to read src. Until close has returned, nobody else may use
// src, but for what it allows at any time.
func readAhead(src source) *ahead {
	a := &ahead{
		full: make(chan aheadBatch, aheadBatches),
		free: make(chan []capture.Segment, aheadBatches),
		stop: make(chan struct{}),
	}
	for range aheadBatches {
		a.free <- make([]capture.Segment, batchSize)
	}
	go a.read(src)
	return a
}

func (a *ahead) read(src source) {
	defer close(a.full)
	for {
		select {
		case <-a.stop:
			return
		case buf := <-a.free:
			n, err := src.NextBatch(buf[:batchSize])
			a.full <- aheadBatch{buf[:n], err} // there is room for every buffer
			if err != nil && !isDamage(err) {
				return
			}
		}
	}
}

// release gives a batch back when its segments are no longer needed.
func (a *ahead) release(b aheadBatch) { a.free <- b.segments }

// close ends the reading and waits until src is free again.
func (a *ahead) close() {
	close(a.stop)
	for range a.full {
	}
}
