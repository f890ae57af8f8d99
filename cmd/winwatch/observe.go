package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync/atomic"

	"winwatch/analyze"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
	"winwatch/capture/live"
)

// An observation is one experiment under way: the capture of it, and what the
// kernel says meanwhile.
type observation struct {
	iface    string
	save     io.Writer
	analyzer *analyze.Analyzer
	source   *live.Source
	// captured is closed when the capture has ended, and then captureErr is set.
	captured   chan struct{}
	captureErr error
	kernel     []kernel.Sample
	step       func(string)
}

// observe runs the scenario and captures it on the interface until nothing
// moves any more. What was seen until an error is returned with it.
func (v *observation) observe(ctx context.Context, s experiment.Scenario, cfg experiment.Config) (*kernel.Witness, error) {
	defer v.close()
	w, err := s.Run(ctx, cfg, experiment.Hooks{
		Listening: v.start,
		Step:      v.step,
		Sample:    func(k kernel.Sample) { v.kernel = append(v.kernel, k) },
		Quiet:     v.stop,
	})
	v.stop()
	if v.captured != nil {
		<-v.captured
	}
	return w, errors.Join(err, v.captureErr)
}

// start captures what the server's port sees.
func (v *observation) start(server netip.AddrPort) error {
	src, err := live.Open(live.Config{
		Interface: v.iface, Save: v.save,
		Filter: fmt.Sprintf("tcp port %d and host %s", server.Port(), server.Addr()),
	})
	if err != nil {
		return err
	}
	v.source, v.captured = src, make(chan struct{})
	if err := giveUpRights(true); err != nil {
		close(v.captured)
		return err
	}
	go func() {
		defer close(v.captured)
		var seen atomic.Int64
		// The context is not the experiment's: its end leaves packets to be read.
		_, v.captureErr = feed(context.Background(), src, v.analyzer, everything, &seen)
	}()
	return nil
}

// stop ends the capture with what has passed until now.
func (v *observation) stop() {
	if v.source != nil {
		v.source.Stop()
	}
}

func (v *observation) close() {
	if v.source != nil {
		v.source.Close()
	}
}

// result is what the packets told, with what the capture missed of them.
func (v *observation) result() *analyze.Result {
	r := v.analyzer.Result()
	if v.source != nil {
		r.SetInput(v.source.Counters())
	}
	return r
}
