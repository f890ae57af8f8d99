package capture_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"winwatch/capture"
)

// TestFilterKeepsFrameNumbers checks that filtered frames are counted and keep their
// numbers.
func TestFilterKeepsFrameNumbers(t *testing.T) {
	var file bytes.Buffer
	w, err := capture.NewWriter(&file, capture.LinkRaw, 0)
	if err != nil {
		t.Fatal(err)
	}
	frame := append([]byte{0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}, make([]byte, 20)...)
	frame[32] = 0x50
	for i := range 4 {
		frame[20] = byte(i)
		if err := w.WriteFrame(int64(i), frame, len(frame)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := capture.NewReader(&file, "made")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	odd := func(_ capture.LinkType, data []byte, _ int) bool { return data[20]%2 == 1 }
	if err := r.SetFilter(odd); err != nil {
		t.Fatal(err)
	}
	var frames []uint64
	var s capture.Segment
	for err = r.Next(&s); err == nil; err = r.Next(&s) {
		frames = append(frames, s.Frame)
	}
	c := r.Counters()
	if err != io.EOF || len(frames) != 2 || frames[0] != 2 || frames[1] != 4 {
		t.Errorf("frames %v, %v, want 2 and 4", frames, err)
	}
	if c.Skipped[capture.FilteredOut] != 2 || !c.Balanced() {
		t.Errorf("counters %+v", c)
	}
}

func TestFilterNeedsFrames(t *testing.T) {
	text := "12:00:00.000001 IP 10.0.0.1.1000 > 10.0.0.2.2000: Flags [S], seq 1, win 100, length 0\n"
	r, err := capture.NewReader(strings.NewReader(text), "text")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := func(capture.LinkType, []byte, int) bool { return true }
	if err := r.SetFilter(all); !errors.Is(err, capture.ErrNoFrames) {
		t.Errorf("filter on text: %v, want ErrNoFrames", err)
	}
}
