package analyze_test

import (
	"context"
	"io"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// mostSteps is how many steps of each kind a segment may take on average. A stream
// is looked for in the table up to four times: before, when it is opened, entered and
// removed. Each time, one or two entries of others are in the way. A hole is looked at
// when data arrives and when it is acknowledged.
func mostSteps(cfg *analyze.Config) map[string]float64 {
	return map[string]float64{
		"probes":     8,
		"holes":      float64(2 * cfg.MaxHoles),
		"stalls":     float64(cfg.MaxStalls),
		"candidates": float64(2 * cfg.EvictionSample),
		"evicted":    2,
	}
}

// TestSteps: no attack makes a segment cost more steps than a fixed number, however
// long it lasts.
func TestSteps(t *testing.T) {
	packets := []uint32{5000, 50_000}
	if capturetest.Full() {
		packets = []uint32{20_000, 200_000}
	}
	for _, a := range capturetest.Attacks {
		t.Run(a.Name, func(t *testing.T) {
			for _, n := range packets {
				cfg := analyze.DefaultConfig()
				cfg.MaxStreams, cfg.TroubleBytes = 5000, 1<<20 // so that all are reached
				for kind, total := range stepsOf(t, cfg, a, n) {
					per := float64(total) / float64(n)
					t.Logf("%d segments: %.2f %s each", n, per, kind)
					if most := mostSteps(&cfg)[kind]; per > most {
						t.Errorf("%d segments: %.1f %s each, want at most %.0f", n, per, kind, most)
					}
				}
			}
		})
	}
}

// stepsOf analyzes n packets of an attack and returns the steps that took.
func stepsOf(t *testing.T, cfg analyze.Config, a capturetest.Attack, n uint32) map[string]uint64 {
	r, w := io.Pipe()
	go func() { w.CloseWithError(a.Write(w, n)) }()
	src, err := capture.NewReader(r, a.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	engine := analyze.New(cfg)
	if err := engine.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	if got := engine.Result().Segments; got != uint64(n) {
		t.Fatalf("%d segments, want %d", got, n)
	}
	return engine.Steps()
}
