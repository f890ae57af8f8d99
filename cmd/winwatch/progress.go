package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress shows on a terminal how far the reading of a capture has come, if it
// takes over a second.
type progress struct {
	segments       atomic.Int64
	done, finished chan struct{}
}

const (
	progressDelay   = time.Second
	progressRefresh = 100 * time.Millisecond
)

// newProgress starts the display on stderr. offset is how far the reading has
// come in bytes, of total; without a total, counts are shown.
func newProgress(stderr io.Writer, offset func() int64, total int64) *progress {
	p := &progress{done: make(chan struct{}), finished: make(chan struct{})}
	if !isTerminal(stderr) {
		close(p.finished)
		return p
	}
	go p.show(stderr, offset, total)
	return p
}

// stop takes the display off the screen.
func (p *progress) stop() {
	close(p.done)
	<-p.finished
}

func (p *progress) show(stderr io.Writer, offset func() int64, total int64) {
	defer close(p.finished)
	begin := time.Now()
	select {
	case <-p.done:
		return
	case <-time.After(progressDelay):
	}
	screen := mpb.New(mpb.WithOutput(stderr), mpb.WithRefreshRate(progressRefresh))
	var bar *mpb.Bar
	if total > 0 {
		bar = screen.AddBar(total, mpb.PrependDecorators(decor.CountersKibiByte("% .1f / % .1f")),
			mpb.AppendDecorators(decor.AverageSpeed(decor.SizeB1024(0), "% .0f"), decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace)))
	} else {
		bar = screen.AddSpinner(0, mpb.BarWidth(1), mpb.AppendDecorators(
			decor.Any(func(decor.Statistics) string { return fmt.Sprintf("%d segments", p.segments.Load()) }),
			decor.CurrentKibiByte(", % .1f"), decor.AverageSpeed(decor.SizeB1024(0), ", % .0f")))
	}
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

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
