package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// soFar are the causes that are right of a capture that ends sooner, beside those of its
// label: nothing happened yet, or what did can still turn out to be more.
var soFar = map[cause.Code][]cause.Code{
	cause.PeerGone:          {cause.ReceiverNotReading},
	cause.SenderNotResuming: {cause.ReceiverNotReading},
	cause.ReceiverSlow:      {cause.ReceiverNotReading},
	// A stall whose middle was missed counts as two.
	cause.ReceiverNotReading: {cause.ReceiverSlow},
	// A proxy does not read; that another stream is why shows when both go on.
	cause.WaitsForOtherStream: {cause.ReceiverNotReading},
}

// TestPrefixes: a capture that ends sooner may show less, but never a wrong cause with high
// confidence.
func TestPrefixes(t *testing.T) {
	each(t, func(t *testing.T, l *label, segs []capture.Segment) {
		a, step := analyze.New(analyze.DefaultConfig()), max(1, len(segs)/200)
		for n := range segs {
			a.Add(&segs[n])
			if n%step == 0 || n == len(segs)-1 {
				a.Flush()
				noWrongHigh(t, l, a.Result(), "%d of %d packets", n+1, len(segs))
			}
		}
	})
}

// TestMissedPackets: neither does a capture that misses one to five packets of a hundred. It
// may show nobody waiting.
func TestMissedPackets(t *testing.T) {
	each(t, func(t *testing.T, l *label, segs []capture.Segment) {
		for seed := range uint64(15) {
			rng := rand.New(rand.NewPCG(seed, 1))
			a := analyze.New(analyze.DefaultConfig())
			for n := range segs {
				if rng.Float64() >= []float64{0.01, 0.03, 0.05}[seed%3] {
					a.Add(&segs[n])
				}
			}
			a.Flush()
			noWrongHigh(t, l, a.Result(), "packets missed, seed %d", seed)
		}
	})
}

// each calls f with every label and its packets.
func each(t *testing.T, f func(*testing.T, *label, []capture.Segment)) {
	labels, err := readLabels("../../" + labelsDir)
	if err != nil || len(labels) == 0 {
		t.Fatal(len(labels), err)
	}
	for i := range labels {
		t.Run(labels[i].Name, func(t *testing.T) { f(t, &labels[i], segmentsOf(t, labels[i].Captures)) })
	}
}

func segmentsOf(t *testing.T, files []string) (segs []capture.Segment) {
	src, err := (*capture.Preopened)(nil).OpenAll(files)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for batch := make([]capture.Segment, 512); ; {
		n, err := src.NextBatch(batch)
		segs = append(segs, batch[:n]...)
		var damage *capture.DamageError
		switch {
		case err == io.EOF:
			return segs
		case err != nil && !errors.As(err, &damage):
			t.Fatal(err)
		}
	}
}

// noWrongHigh checks that no labelled stream has a wrong finding with high confidence.
func noWrongHigh(t *testing.T, l *label, r *analyze.Result, how string, args ...any) {
	t.Helper()
	for i := range r.StreamCount {
		s := r.Stream(i)
		v := &s.Verdict
		if v.Confidence != cause.High || v.Severity == cause.OK {
			continue
		}
		for j := range l.Streams {
			x := &l.Streams[j]
			if s.Client.String() == x.Client && s.Server.String() == x.Server && max(x.Occurrence, 1) == occurrence(r, i) && !x.allows(v.Code) {
				t.Errorf(how+": %s, high: %s (%s)", append(args, v.Code, v.Sentence, v.Because)...)
			}
		}
	}
}

// occurrence counts the streams between the same endpoints up to stream i.
func occurrence(r *analyze.Result, i int64) (n int) {
	for k := range i + 1 {
		if a, b := r.Stream(k), r.Stream(i); a.Client == b.Client && a.Server == b.Server {
			n++
		}
	}
	return n
}

// allows reports whether a cause is right with high confidence, for all of the capture or
// a part of it.
func (x *labelledStream) allows(code cause.Code) bool {
	for _, right := range slices.Concat(x.Verdict.Codes, x.Verdict.Also) {
		if string(code) == right && slices.Contains(x.Verdict.Confidence, "high") || slices.Contains(soFar[cause.Code(right)], code) {
			return true
		}
	}
	return false
}
