package analyze

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"winwatch/capture"
)

// A scheduler reads and analyzes a capture on as many cores as it can use: while
// one batch of segments is read, the shards run earlier ones. Each worker takes the
// next available piece of work. The result is the same as with one worker.
type scheduler struct {
	a   *Analyzer
	ctx context.Context
	src Source

	mu      sync.Mutex
	changed sync.Cond
	waiting int
	done    atomic.Uint64 // pieces of work finished
	// patience is how often an idle worker polls for work before it blocks.
	patience int
	alone    bool // there is one worker
	// ring holds the batches: batch n is in slot n % len(ring).
	ring []slot
	// readCount and finished count the batches read and finished; ranOn counts the
	// batches that each shard has run.
	readCount, finished int
	ranOn               []int
	reading, finishing  bool
	running             []bool // by shard
	ended               bool   // there is no more to read
	preparing           bool
	// paused counts the active calls of atRest. While there are any, a batch that was
	// read has to wait.
	paused int
	err    error
}

// slot is a place for a batch.
type slot struct {
	*batch
	ran int // shards that have run it
}

const (
	// batchSize exceeds the number of segments of 48 bytes or more in one chunk of a
	// capture.Reader, so that a batch ends where a chunk does and the worker that
	// reads a chunk decodes it too.
	batchSize = 4096
	// batches is how many batches are in progress at once, so that a slow one does not
	// hold up the others.
	batches = 8
	// runAhead is how many batches may wait for a worker's shard while it reads. If
	// more wait, it runs them and leaves reading to another worker.
	runAhead = 2
	// leastPatience and mostPatience bound how long an idle worker spins: some 50 µs at
	// most.
	leastPatience, mostPatience = 1000, 100_000
)

// run reads and analyzes the source to its end, then stores its final counters.
func (p *scheduler) run(ctx context.Context, src Source) error {
	p.mu.Lock()
	p.ctx, p.src, p.patience, p.ring = ctx, src, mostPatience, make([]slot, batches)
	p.ranOn, p.running = make([]int, len(p.a.shards)), make([]bool, len(p.a.shards))
	for i := range p.ring {
		p.ring[i].batch = p.a.newBatch(batchSize)
	}
	n := min(runtime.GOMAXPROCS(0), len(p.a.shards)+1)
	p.alone = n == 1
	p.mu.Unlock()
	var workers sync.WaitGroup
	for i := range n {
		workers.Go(func() { p.work(i) })
	}
	workers.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.untilResumed()
	p.a.Flush()
	p.a.input, p.a.interrupted = src.Counters(), ctx.Err() != nil
	p.ring = nil // the batches are large
	return p.err
}

// work does pieces of work until none are left.
func (p *scheduler) work(worker int) {
	p.mu.Lock() // without a deferred unlock: it would hide a panic behind another one
	for p.finished < p.readCount || !p.ended || p.reading {
		if !p.step(worker % len(p.ranOn)) {
			p.wait()
		}
	}
	p.mu.Unlock()
}

// step does one piece of work and reports whether there was any. A worker prefers
// its own shard, whose streams are in its cache; it helps with another shard only
// if that one falls behind.
func (p *scheduler) step(own int) bool {
	switch {
	case p.alone && p.runAny(1):
	case p.canRun(own, runAhead+1):
		p.runShard(own)
	case p.canFinish():
		p.finish()
	case p.canRead():
		p.readBatch()
	case p.canRun(own, 1):
		p.runShard(own)
	default:
		return p.runAny(2)
	}
	return true
}

// runAny runs a shard for which at least waiting batches wait, if there is one.
func (p *scheduler) runAny(waiting int) bool {
	for i := range p.ranOn {
		if p.canRun(i, waiting) {
			p.runShard(i)
			return true
		}
	}
	return false
}

// wait waits until another worker has finished something. That usually happens
// sooner than blocking would take, but not if the input is slow, so the spinning
// time adapts. Other goroutines get the processor in between.
func (p *scheduler) wait() {
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
		return // the shard's own worker is reading, which may take long
	}
	for p.done.Load() == done {
		p.block()
	}
}

// block blocks until a piece of work is finished.
func (p *scheduler) block() {
	p.waiting++
	p.changed.Wait()
	p.waiting--
}

// canRun reports whether at least waiting batches wait for an idle shard.
func (p *scheduler) canRun(shard, waiting int) bool {
	return !p.running[shard] && p.readCount-p.ranOn[shard] >= waiting
}

func (p *scheduler) canFinish() bool {
	return !p.finishing && p.finished < p.readCount && p.ring[p.finished%len(p.ring)].ran == len(p.ranOn)
}

func (p *scheduler) canRead() bool {
	return !p.reading && !p.ended && p.readCount-p.finished < len(p.ring)
}

func (p *scheduler) runShard(i int) {
	s := &p.ring[p.ranOn[i]%len(p.ring)]
	p.running[i] = true
	p.unlocked(func() { p.a.shards[i].run(s.batch, i) })
	p.running[i] = false
	p.ranOn[i]++
	s.ran++
}

func (p *scheduler) finish() {
	s := &p.ring[p.finished%len(p.ring)]
	p.finishing = true
	p.unlocked(func() { p.a.finish(s.batch) })
	p.finishing = false
	s.ran = 0
	p.finished++
}

// readBatch reads the next batch. The read itself may take long and does not hold
// up atRest; its segments wait until the engine is running again.
func (p *scheduler) readBatch() {
	s := &p.ring[p.readCount%len(p.ring)]
	p.reading = true
	var n int
	var err error
	p.unlocked(func() { n, err = p.src.NextBatch(s.buffer()) })
	p.untilResumed()
	p.take(err)
	p.preparing = true
	p.unlocked(func() { p.a.prepare(s.batch, n) })
	p.reading, p.preparing = false, false
	p.readCount++
}

// take notes what the source returned besides segments.
func (p *scheduler) take(err error) {
	p.a.input = p.src.Counters()
	var broken *capture.DamageError
	switch {
	case errors.As(err, &broken): // io.EOF follows
		p.a.damage = append(p.a.damage, broken)
	case errors.Is(err, io.EOF):
		p.ended = true
	case err != nil:
		p.err, p.ended = err, true
	}
	if p.ctx.Err() != nil {
		p.ended = true
	}
}

// unlocked does a piece of work without the lock, then wakes the workers that may
// be waiting for it.
func (p *scheduler) unlocked(work func()) {
	p.mu.Unlock()
	work()
	p.mu.Lock()
	p.done.Add(1)
	if p.waiting > 0 {
		p.changed.Broadcast()
	}
}

// atRest calls f while no worker touches the engine. Reading continues. Calls can
// be nested.
func (p *scheduler) atRest(f func()) {
	p.mu.Lock()
	p.paused++
	for p.finished < p.readCount || p.preparing {
		p.block()
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.paused--
		p.done.Add(1)
		p.changed.Broadcast()
	}()
	f()
}

// untilResumed waits until all calls of atRest have returned.
func (p *scheduler) untilResumed() {
	for p.paused > 0 {
		p.block()
	}
}
