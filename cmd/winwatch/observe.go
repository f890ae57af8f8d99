package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"winwatch/analyze"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
	"winwatch/capture/live"
)

// An observation is a running experiment: its capture, and the kernel's readings taken
// meanwhile.
type observation struct {
	iface    string
	save     io.Writer
	analyzer *analyze.Analyzer
	source   *live.Source
	// captured is closed when the capture has ended; captureErr is set before.
	captured   chan struct{}
	captureErr error
	kernel     []kernel.Sample
	step       func(string)
}

// observe runs the scenario and captures it on the interface until no more packets
// arrive. If it returns an error, it also returns what was seen until then.
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

// start captures the traffic of the server's port.
func (v *observation) start(server netip.AddrPort) error {
	src, err := live.Open(live.Config{
		Interface: v.iface, Save: v.save,
		Filter: fmt.Sprintf("tcp port %d and host %s", server.Port(), server.Addr()),
	})
	if err != nil {
		return err
	}
	v.source, v.captured = src, make(chan struct{})
	if err := dropRights(true); err != nil {
		close(v.captured)
		return err
	}
	go func() {
		defer close(v.captured)
		// Not the experiment's context: when that ends, packets are left to be read.
		v.captureErr = v.analyzer.Run(context.Background(), src)
	}()
	return nil
}

// stop ends the capture after the packets that have arrived so far.
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
