package capture_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestNasty reads every nasty file: every frame must be accounted for, and the error
// that ends reading must give a reason and, for damage, the place.
func TestNasty(t *testing.T) {
	seen := map[string]bool{}
	for _, files := range []func(func(string, []byte) bool){capturetest.Nasty(), capturetest.Truncations()} {
		for name, data := range files {
			if seen[name] {
				t.Errorf("duplicate file name %s", name)
			}
			seen[name] = true
			if name != slowBomb {
				readNasty(t, name, data)
			}
		}
	}
}

// slowBomb takes minutes with the race detector; TestTorture reads it.
const slowBomb = "bomb-of-large-packets.pcap.zst"

func readNasty(t *testing.T, name string, data []byte) {
	r, err := capture.NewReader(bytes.NewReader(data), name)
	if err != nil {
		explained(t, name, err)
		return
	}
	defer r.Close()
	bomb := false
	batch := make([]capture.Segment, 256)
	var segments, damages, last uint64
	for {
		n, err := r.NextBatch(batch)
		segments += uint64(n)
		for i := range batch[:n] {
			if f := batch[i].Frame; f <= last {
				t.Fatalf("%s: frame %d comes after %d", name, f, last)
			} else {
				last = f
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			explained(t, name, err)
			damages++
			bomb = errors.Is(err, capture.ErrBomb)
		} else if n == 0 {
			t.Fatalf("%s: neither a segment nor an error", name)
		}
	}
	c := r.Counters()
	if !c.Balanced() || c.Segments != segments || damages > 1 {
		t.Errorf("%s: %d segments, %d damages, counters %+v", name, segments, damages, c)
	}
	if bomb != strings.HasPrefix(name, "bomb-") {
		t.Errorf("%s: reported as a bomb: %v", name, bomb)
	}
}

// explained checks that an error names the file and gives a reason.
func explained(t *testing.T, name string, err error) {
	t.Helper()
	var d *capture.DamageError
	switch {
	case !strings.HasPrefix(err.Error(), name+": "):
		t.Errorf("%s: the error does not name the file: %v", name, err)
	case errors.As(err, &d):
		if d.Offset < 0 || d.Err == nil {
			t.Errorf("%s: damage without place or reason: %v", name, err)
		}
	case !errors.Is(err, capture.ErrEmpty) && !errors.Is(err, capture.ErrNotCapture):
		t.Errorf("%s: %v", name, err)
	}
}
