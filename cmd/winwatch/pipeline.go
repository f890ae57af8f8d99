package main

import (
	"runtime"
	"sync"
	"sync/atomic"

	"winwatch/analyze"
)

// A pipeline has a capture read and analyzed on as many cores as it can use: while
// one batch of segments is read, those before it run through the analyzer's
// lanes. Every worker does what is to be done next. What comes out is as if one had
// done it all.
type pipeline struct {
	a *analyze.Analyzer
	// read fills a batch and returns the number of segments, and whether there may
	// be more.
	read func(*analyze.Batch) (n int, more bool)

	mu      sync.Mutex
	changed sync.Cond
	waiting int
	done    atomic.Uint64 // pieces of work
	// patience is how often who waits looks before going to sleep.
	patience int
	alone    bool // there is one worker
	// ring holds the batches: that of number n is in place n % len(ring).
	ring []slot
	// readCount, and finished, are how many batches were read and finished;
	// ranOn is how many each lane has run.
	readCount, finished int
	ranOn               []int
	reading, finishing  bool
	running             []bool // by lane
	ended               bool   // there is no more to read
}

// slot is a place for a batch.
type slot struct {
	*analyze.Batch
	ran int // lanes that have run it
}

const (
	// batchSize is more than the segments in what a capture.Reader reads at once, if
	// they have 48 bytes or more, so that a batch ends where that does: whoever reads
	// it decodes it, too.
	batchSize = 4096
	// batches is how many are under way, so that nobody waits for a slow one.
	batches = 8
)

func newPipeline(a *analyze.Analyzer, read func(*analyze.Batch) (int, bool)) *pipeline {
	p := &pipeline{
		a: a, read: read, patience: mostPatience, ring: make([]slot, batches),
		ranOn: make([]int, a.Lanes()), running: make([]bool, a.Lanes()),
	}
	p.changed.L = &p.mu
	for i := range p.ring {
		p.ring[i].Batch = a.NewBatch(batchSize)
	}
	return p
}

// run does all of it.
func (p *pipeline) run() {
	n := min(runtime.GOMAXPROCS(0), p.a.Lanes()+1)
	p.alone = n == 1
	var workers sync.WaitGroup
	for i := range n {
		workers.Go(func() { p.work(i) })
	}
	workers.Wait()
}

// work does what is to be done until there is nothing left.
func (p *pipeline) work(worker int) {
	p.mu.Lock() // no defer: a panic is to be told, not another one
	for p.finished < p.readCount || !p.ended || p.reading {
		if !p.step(worker % len(p.ranOn)) {
			p.wait()
		}
	}
	p.mu.Unlock()
}

// backlog is how many batches a worker lets wait for its lane while it reads. With
// one more it runs them, and another reads.
const backlog = 2

// step does one piece of work, if there is any to do. The worker prefers the lane
// of its own, whose streams it has in its cache; it takes over that of another
// only where that one can't keep up.
func (p *pipeline) step(own int) bool {
	switch {
	case p.alone && p.runAny(1):
	case p.canRun(own, backlog+1):
		p.runLane(own)
	case p.canFinish():
		p.finish()
	case p.canRead():
		p.readBatch()
	case p.canRun(own, 1):
		p.runLane(own)
	default:
		return p.runAny(2)
	}
	return true
}

// runAny runs a lane for which at least so many batches wait, if there is one.
func (p *pipeline) runAny(waiting int) bool {
	for lane := range p.ranOn {
		if p.canRun(lane, waiting) {
			p.runLane(lane)
			return true
		}
	}
	return false
}

// wait waits until another worker has done something. As a rule that is so soon
// that going to sleep would take longer, but not where the input is slow: how long
// it pays to stay awake is learned. Others that want the processor have it
// meanwhile.
func (p *pipeline) wait() {
	done, spins := p.done.Load(), p.patience
	p.mu.Unlock()
	for i := 0; i < spins && p.done.Load() == done; i++ {
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	p.mu.Lock()
	if p.done.Load() != done {
		p.patience = min(2*p.patience, mostPatience)
		return
	}
	p.patience = max(p.patience/4, leastPatience)
	if p.runAny(1) {
		return // its worker is reading, which may take long
	}
	for p.done.Load() == done {
		p.waiting++
		p.changed.Wait()
		p.waiting--
	}
}

// How often who waits looks, before it goes to sleep: for some 50 µs at most.
const leastPatience, mostPatience = 1000, 100_000

// canRun reports whether at least so many batches wait for the lane.
func (p *pipeline) canRun(lane, waiting int) bool {
	return !p.running[lane] && p.readCount-p.ranOn[lane] >= waiting
}

func (p *pipeline) canFinish() bool {
	return !p.finishing && p.finished < p.readCount && p.ring[p.finished%len(p.ring)].ran == len(p.ranOn)
}

func (p *pipeline) canRead() bool {
	return !p.reading && !p.ended && p.readCount-p.finished < len(p.ring)
}

func (p *pipeline) runLane(lane int) {
	s := &p.ring[p.ranOn[lane]%len(p.ring)]
	p.running[lane] = true
	p.unlocked(func() { p.a.Run(s.Batch, lane) })
	p.running[lane] = false
	p.ranOn[lane]++
	s.ran++
}

func (p *pipeline) finish() {
	s := &p.ring[p.finished%len(p.ring)]
	p.finishing = true
	p.unlocked(func() { p.a.Finish(s.Batch) })
	p.finishing = false
	s.ran = 0
	p.finished++
}

func (p *pipeline) readBatch() {
	s := &p.ring[p.readCount%len(p.ring)]
	p.reading = true
	var more bool
	p.unlocked(func() {
		var n int
		n, more = p.read(s.Batch)
		p.a.Prepare(s.Batch, n)
	})
	p.reading, p.ended = false, !more
	p.readCount++
}

// unlocked does a piece of work that others need not wait for, and wakes those
// who may have waited for its end.
func (p *pipeline) unlocked(work func()) {
	p.mu.Unlock()
	work()
	p.mu.Lock()
	p.done.Add(1)
	if p.waiting > 0 {
		p.changed.Broadcast()
	}
}
