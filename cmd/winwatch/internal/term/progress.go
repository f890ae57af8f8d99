package term

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Progress shows on a terminal how much of a capture was read, once reading takes
// longer than a second.
type Progress struct {
	// Segments is the number of segments so far. Readers of the capture add to it.
	Segments       atomic.Int64
	done, finished chan struct{}
}

const (
	progressDelay   = time.Second
	progressRefresh = 100 * time.Millisecond
)

// StartProgress starts the display if stderr is a terminal. offset returns the
// bytes read so far, out of total; if total is 0, the display shows counts. The
// caller must call Stop.
func StartProgress(stderr io.Writer, offset func() int64, total int64) *Progress {
	p := &Progress{done: make(chan struct{}), finished: make(chan struct{})}
	if !IsTerminal(stderr) {
		close(p.finished)
		return p
	}
	go p.show(stderr, offset, total)
	return p
}

// Stop removes the display from the screen.
func (p *Progress) Stop() {
	close(p.done)
	<-p.finished
}

func (p *Progress) show(stderr io.Writer, offset func() int64, total int64) {
	defer close(p.finished)
	begin := time.Now()
	select {
	case <-p.done:
		return
	case <-time.After(progressDelay):
	}
	screen := mpb.New(mpb.WithOutput(stderr), mpb.WithRefreshRate(progressRefresh))
	bar := p.bar(screen, total)
	bar.DecoratorAverageAdjust(begin)
	tick := time.NewTicker(progressRefresh)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			bar.Abort(true)
			screen.Wait()
			return
		case <-tick.C:
			bar.SetCurrent(offset())
		}
	}
}

// bar adds a bar to the screen, or a spinner with counts if total is unknown.
func (p *Progress) bar(screen *mpb.Progress, total int64) *mpb.Bar {
	if total > 0 {
		return screen.AddBar(total, mpb.PrependDecorators(decor.CountersKibiByte("% .1f / % .1f")),
			mpb.AppendDecorators(decor.AverageSpeed(decor.SizeB1024(0), "% .0f"), decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace)))
	}
	return screen.AddSpinner(0, mpb.BarWidth(1), mpb.AppendDecorators(
		decor.Any(func(decor.Statistics) string { return fmt.Sprintf("%d segments", p.Segments.Load()) }),
		decor.CurrentKibiByte(", % .1f"), decor.AverageSpeed(decor.SizeB1024(0), ", % .0f")))
}
