package main

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// sweepOf returns the parsed command line of a sweep.
func sweepOf(t *testing.T, line string) (*runOptions, []axis) {
	t.Helper()
	o := &runOptions{}
	cmd := newRun(nil)
	if err := cmd.ParseFlags(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	flags := cmd.Flags()
	o.link, _ = flags.GetString("link")
	o.scenario = "send-blocking"
	sweeps, _ := flags.GetStringArray("sweep")
	axes, err := parseAxes(sweeps, flags)
	if err != nil {
		t.Fatal(err)
	}
	o.sweepsLink = slices.ContainsFunc(axes, func(a axis) bool { return a.ofLink })
	o.fixed = o.fixedFlags(flags)
	return o, axes
}

// TestSweepArguments: each run gets its combination of the settings, and a part of the link
// replaces that of --link.
func TestSweepArguments(t *testing.T) {
	for _, tt := range []struct {
		line, last string
		atOnce     bool
	}{
		{"--sweep rcvbuf=4k,64k --sweep chunk=10,1000 --hold=1s",
			"run send-blocking --format=proof --hold=1s --rcvbuf=64k --chunk=1000", true},
		{"--sweep scenario=nagle,nodelay", "run nodelay --format=proof", true},
		{"--link rate=10mbit --sweep rcvbuf=4k", "run send-blocking --format=proof --link=rate=10mbit --rcvbuf=4k", false},
		{"--sweep delay=1ms,5ms --sweep loss=0%,1%", "run send-blocking --format=proof --link=delay=5ms,loss=1%", false},
		{"--link delay=9ms,rate=10mbit --sweep delay=1ms,5ms/6ms",
			"run send-blocking --format=proof --link=delay=9ms,rate=10mbit --link=rate=10mbit,delay=5ms/6ms", false},
	} {
		o, axes := sweepOf(t, tt.line)
		cells := grid(axes)
		args, err := o.cellArgs(axes, cells[len(cells)-1])
		if got := strings.Join(args, " "); got != tt.last || err != nil {
			t.Errorf("%s: the last run is\n%s\nwant\n%s (%v)", tt.line, got, tt.last, err)
		}
		if n := o.atOnce(axes); (n > 1) != tt.atOnce {
			t.Errorf("%s: %d runs at a time", tt.line, n)
		}
	}
}

// TestSweepNoLink: a link that can't be made is a mistake in the command line.
func TestSweepNoLink(t *testing.T) {
	o, axes := sweepOf(t, "--sweep queue=64k")
	var usage usageError
	if _, err := o.cellArgs(axes, grid(axes)[0]); !errors.As(err, &usage) || !strings.Contains(err.Error(), "rate") {
		t.Errorf("a queue without a rate: %v", err)
	}
}

// TestSweepNumbers: values become numbers in the unit of the setting; those that are none,
// or two, are names.
func TestSweepNumbers(t *testing.T) {
	for sweep, want := range map[string]float64{
		"rcvbuf=64k": 65536, "read-interval=5ms": 5e6, "mtu=1500": 1500,
		"delay=5ms": 5e6, "rate=10mbit": 10e6, "queue=64k": 65536, "loss=0.1%": 0.1, "reorder=2%": 2, "duplicate=3%": 3,
	} {
		_, axes := sweepOf(t, "--sweep "+sweep)
		if got := axes[0].values[0].Number; got < want*0.999999 || got > want*1.000001 {
			t.Errorf("%s is %v, want %v", sweep, got, want)
		}
		if axes[0].Unit == "" || axes[0].Label == "" || axes[0].Column == "" {
			t.Errorf("%s: setting %+v", sweep, axes[0].Setting)
		}
	}
	for _, sweep := range []string{"congestion=cubic", "scenario=nagle", "delay=1ms/2ms"} {
		if _, axes := sweepOf(t, "--sweep "+sweep); !math.IsNaN(axes[0].values[0].Number) {
			t.Errorf("%s is the number %v", sweep, axes[0].values[0].Number)
		}
	}
}

func TestLinkRate(t *testing.T) {
	measured := func(link string, dir int) *proof.Proof {
		p := &proof.Proof{Measured: &proof.Measured{Link: link}}
		if dir == int(kernel.ServerEnd) {
			p.Dir = 1
		}
		return p
	}
	for _, tt := range []struct {
		p    *proof.Proof
		want int64
	}{
		{nil, 0}, {&proof.Proof{}, 0}, {measured("", 0), 0}, {measured("delay=1ms", 0), 0},
		{measured("rate=10mbit", 1), 10e6}, {measured("rate=10mbit/20mbit", 0), 10e6}, {measured("rate=10mbit/20mbit", 1), 20e6},
	} {
		if got := linkRate(tt.p); got != tt.want {
			t.Errorf("%+v: %d bit/s, want %d", tt.p, got, tt.want)
		}
	}
}
