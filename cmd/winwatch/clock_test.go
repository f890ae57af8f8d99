//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/capture/kernel"
)

// findings holds the parts of a report that TestClockSteps compares.
type findings struct {
	Input   struct{ Frames, Segments int }
	Summary struct {
		Span       time.Duration `json:"span_ns"`
		StallTime  time.Duration `json:"stall_time_ns"`
		Stalls     int
		Probes     int
		KeepAlives int `json:"keep_alives"`
	}
	Verdicts []struct{ Code string }
	Warnings []struct {
		Code         string
		Frame, Count int
	}
	Streams []struct {
		Directions []struct {
			Stalls []struct {
				BeginFrame int           `json:"begin_frame"`
				EndFrame   int           `json:"end_frame"`
				Duration   time.Duration `json:"duration_ns"`
			}
		}
	}
}

// TestClockSteps sets the clock by an hour in the middle of the longest stall of
// every capture that has one. A step back causes a warning; only the pause before
// the next packet is lost, and the verdicts stay the same. A step forward looks like a
// pause of an hour and counts as one.
func TestClockSteps(t *testing.T) {
	files, err := filepath.Glob("../../analyze/testdata/lab/*/capture.pcap")
	if err != nil {
		t.Fatal(err)
	}
	stalled := 0
	for _, file := range files {
		data := readFile(t, file)
		want := find(t, data)
		frame := midStall(want)
		if frame == 0 || want.Input.Frames != want.Input.Segments { // the analysis ignores the time of other packets
			continue
		}
		stalled++
		back, pause := stepped(data, frame, -3600)
		got := find(t, back)
		if len(got.Warnings) == 0 || got.Warnings[0].Code != "clock-jump" || got.Warnings[0].Frame != frame || got.Warnings[0].Count != 1 {
			t.Errorf("%s, set back at frame %d: warnings %+v", file, frame, got.Warnings)
		}
		if lost := want.Summary.StallTime - got.Summary.StallTime; lost < 0 || lost > pause {
			t.Errorf("%s, set back at frame %d after %v: stalls are %v shorter", file, frame, pause, lost)
		}
		if got.Summary.Span != want.Summary.Span-pause {
			t.Errorf("%s, set back at frame %d after %v: span %v, was %v", file, frame, pause, got.Summary.Span, want.Summary.Span)
		}
		if !slices.Equal(got.Verdicts, want.Verdicts) {
			t.Errorf("%s, set back at frame %d: verdicts %v, were %v", file, frame, got.Verdicts, want.Verdicts)
		}
		sameCounts(t, file+", set back", got, want)

		ahead, _ := stepped(data, frame, 3600)
		got = find(t, ahead)
		if more := got.Summary.Span - want.Summary.Span; more != time.Hour {
			t.Errorf("%s, set forward at frame %d: %v longer", file, frame, more)
		}
		if more := got.Summary.StallTime - want.Summary.StallTime; more < 0 || more > time.Hour {
			t.Errorf("%s, set forward at frame %d: stalls %v longer", file, frame, more)
		}
		sameCounts(t, file+", set forward", got, want)
	}
	if stalled < 10 {
		t.Errorf("only %d of %d captures have a stall", stalled, len(files))
	}
}

// sameCounts compares the values that are not durations.
func sameCounts(t *testing.T, what string, got, want *findings) {
	t.Helper()
	g, w := got.Summary, want.Summary
	if g.Stalls != w.Stalls || g.Probes != w.Probes || g.KeepAlives != w.KeepAlives {
		t.Errorf("%s: %+v, was %+v", what, g, w)
	}
}

// find analyzes a capture and checks that no duration is negative.
func find(t *testing.T, capture []byte) *findings {
	t.Helper()
	cmd := plainProgram(t, "analyze", "-", "--format=json")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(capture), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	f := &findings{}
	if err := json.Unmarshal(out.Bytes(), f); err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Streams {
		for _, d := range s.Directions {
			for _, st := range d.Stalls {
				if st.Duration < 0 {
					t.Errorf("stall of %v", st.Duration)
				}
			}
		}
	}
	return f
}

// midStall returns a frame in the middle of the longest stall, 0 if there is none.
func midStall(f *findings) (frame int) {
	var longest time.Duration
	for _, s := range f.Streams {
		for _, d := range s.Directions {
			for _, st := range d.Stalls {
				if st.Duration > longest && st.EndFrame > st.BeginFrame {
					longest, frame = st.Duration, (st.BeginFrame+st.EndFrame+1)/2
				}
			}
		}
	}
	return frame
}

// stepped adds seconds to the times of a little-endian pcap, from the given frame on.
// pause is the time between that frame and the previous one.
func stepped(capture []byte, frame, seconds int) (changed []byte, pause time.Duration) {
	le := binary.LittleEndian
	unit := time.Microsecond
	if le.Uint32(capture) == 0xa1b23c4d {
		unit = time.Nanosecond
	}
	changed = slices.Clone(capture)
	var last time.Duration
	for n, at := 1, 24; at < len(changed); n++ {
		rec := changed[at:]
		now := time.Duration(le.Uint32(rec))*time.Second + time.Duration(le.Uint32(rec[4:]))*unit
		if n == frame {
			pause = now - last
		}
		if n >= frame {
			le.PutUint32(rec, uint32(int(le.Uint32(rec))+seconds))
		}
		last = now
		at += 16 + int(le.Uint32(rec[8:]))
	}
	return changed, pause
}

// TestClockSet: the proof is withheld if the clock was set during a run.
func TestClockSet(t *testing.T) {
	for _, by := range []time.Duration{0, time.Hour, -time.Hour, 20 * time.Millisecond} {
		c := readHostClock()
		c.wall -= int64(by)
		got := c.set()
		if (got - by).Abs() > 5*time.Millisecond {
			t.Errorf("set by %v: measured %v", by, got)
		}
		why := withheld(nil, 0, got, nil)
		if (why == "") != (by == 0) || by != 0 && !strings.Contains(clockSet(got).Text, got.String()) {
			t.Errorf("set by %v: withheld %q, warning %q", by, why, clockSet(got).Text)
		}
	}
}

// TestLinkMissed: the proof is withheld if the link itself lost packets, but not for those
// that it lost on purpose.
func TestLinkMissed(t *testing.T) {
	path := &kernel.Path{}
	path.Ways[kernel.ClientEnd].Lost = 7
	if why := withheld(nil, 0, 0, path); why != "" {
		t.Errorf("withheld: %s", why)
	}
	path.Ways[kernel.ServerEnd].Missed = 1
	if why := withheld(nil, 0, 0, path); why != "the link failed to pass on 1 packet, which it should have delivered" {
		t.Errorf("withheld: %q", why)
	}
}
