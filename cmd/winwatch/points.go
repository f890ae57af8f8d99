package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"winwatch/capture/experiment"
	"winwatch/cmd/winwatch/internal/outfile"
)

// linked reports whether the experiment has a link between two hosts.
func (o *runOptions) linked(s experiment.Scenario) bool {
	return s.Link != "" || o.link != "" || o.sweepsLink
}

// checkLink checks --link and --at, and parses the points.
func (o *runOptions) checkLink(s experiment.Scenario) error {
	cfg := o.experiment()
	if _, err := s.LinkConfig(&cfg); err != nil {
		return usageError{fmt.Errorf("run: %w", err)}
	}
	if len(o.at) > 0 && !o.linked(s) {
		return withHint(usageErrorf("run: --at %s: on loopback there is only one point", strings.Join(o.at, ",")),
			"add a link: --link delay=20ms")
	}
	o.points = nil
	for i, name := range o.at {
		p, err := experiment.ParsePoint(name)
		for _, before := range o.points {
			if err == nil && before == p {
				err = errors.New("named twice")
			}
		}
		if err != nil {
			return usageError{fmt.Errorf("run: --at %s: %w", o.at[i], err)}
		}
		o.points = append(o.points, p)
	}
	return nil
}

// where says where the experiment was captured.
func (o *runOptions) where(s experiment.Scenario) string {
	switch {
	case !o.linked(s):
		return "on " + o.iface
	case len(o.points) == 0 || o.points[0] == experiment.AtClient:
		return "at the client"
	}
	return "at the " + o.points[0].String()
}

// nameByPoint turns each file for packets into one for each point, if there are several.
func (o *runOptions) nameByPoint() {
	if len(o.points) < 2 {
		return
	}
	var names []string
	for _, name := range o.out {
		stem, packets := strings.CutSuffix(name, string(formatPCAP))
		if !packets {
			names = append(names, name)
			continue
		}
		for _, p := range o.points {
			names = append(names, stem+"-"+p.String()+string(formatPCAP))
		}
	}
	o.out = names
}

// writers returns where to save the packets of each point. The evidence is what the
// analysis is made from, the packets of the first point.
func (o *runOptions) writers(evidence *outfile.File, files outputs) []io.Writer {
	points := max(len(o.points), 1)
	all := make([][]io.Writer, points)
	all[0] = []io.Writer{evidence}
	for i, f := range files {
		all[i%points] = append(all[i%points], f)
	}
	save := make([]io.Writer, points)
	for i := range all {
		if len(all[i]) > 0 {
			save[i] = io.MultiWriter(all[i]...)
		}
	}
	return save
}
