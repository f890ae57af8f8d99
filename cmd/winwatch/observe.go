package main

import (
	"context"
	"errors"
	"io"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
	"winwatch/capture/live"
)

// An observation is a running experiment: its captures, and the kernel's readings taken
// meanwhile.
type observation struct {
	// iface is where to capture on loopback.
	iface string
	// save receives the packets of each place.
	save []io.Writer
	// analyzer follows the first place.
	analyzer *analyze.Analyzer
	taps     []*tap
	kernel   []kernel.Sample
	show     show
}

// A tap is a running capture at one place.
type tap struct {
	source experiment.Source
	// done is closed when the capture has ended; err is set before.
	done chan struct{}
	err  error
}

// observe runs the scenario and captures it until no more packets arrive. If it returns
// an error, it also returns what was seen until then.
func (v *observation) observe(ctx context.Context, s experiment.Scenario, cfg experiment.Config) (*kernel.Witness, error) {
	defer v.close()
	defer v.show.end()
	w, err := s.Run(ctx, cfg, experiment.Hooks{
		Listening: v.start,
		Step:      v.show.step,
		Sample:    v.keep,
		Quiet: func() {
			v.stop()
			v.show.end()
		},
	})
	v.stop()
	errs := []error{err}
	for _, t := range v.taps {
		<-t.done
		errs = append(errs, t.err)
	}
	return w, errors.Join(errs...)
}

// keep stores a sample and shows it.
func (v *observation) keep(k kernel.Sample) {
	v.kernel = append(v.kernel, k)
	if v.show.sample != nil {
		v.show.sample(k)
	}
}

// start captures at each place.
func (v *observation) start(places []experiment.Place) error {
	for i := range places {
		source, err := v.open(&places[i], v.save[i])
		if err != nil {
			return err
		}
		v.taps = append(v.taps, &tap{source: source, done: make(chan struct{})})
	}
	err := dropRights(true)
	for i, t := range v.taps {
		if err != nil {
			close(t.done)
			continue
		}
		go func() {
			defer close(t.done)
			if i == 0 {
				// Not the experiment's context: when that ends, packets are left to be read.
				t.err = v.analyzer.Run(context.Background(), t.source)
				return
			}
			t.err = drain(t.source)
		}()
	}
	return err
}

// open starts the capture at a place.
func (v *observation) open(p *experiment.Place, save io.Writer) (source experiment.Source, err error) {
	if p.Capture != nil {
		return p.Capture(save)
	}
	iface := p.Interface
	if iface == "" {
		iface = v.iface
	}
	err = p.Do(func() (err error) {
		source, err = live.Open(live.Config{Interface: iface, Save: save, Filter: p.Filter})
		return err
	})
	return source, err
}

// drain reads a capture that is only saved.
func drain(source experiment.Source) error {
	batch := make([]capture.Segment, 1024)
	for {
		if _, err := source.NextBatch(batch); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// missed returns how many packets the captures lack.
func (v *observation) missed() (packets uint64) {
	for _, t := range v.taps {
		c := t.source.Counters()
		packets += c.Dropped()
	}
	return packets
}

// stop ends the captures after the packets that have arrived so far.
func (v *observation) stop() {
	for _, t := range v.taps {
		t.source.Stop()
	}
}

func (v *observation) close() {
	for _, t := range v.taps {
		t.source.Close()
	}
}
