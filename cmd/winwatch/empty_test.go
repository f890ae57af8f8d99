package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"winwatch/analyze"
	"winwatch/capture/capturetest"
)

// brokenHeaders writes a capture of one reset segment and, later, n packets of other streams
// whose TCP header length is impossible.
func brokenHeaders(n int) []byte {
	le, be := binary.LittleEndian, binary.BigEndian
	out := le.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0)
	for i := range n + 1 {
		seconds, length := uint32(1000), byte(5)
		if i > 0 {
			seconds, length = 2000, 2
		}
		for _, v := range []uint32{seconds, 0, 40, 40} {
			out = le.AppendUint32(out, v)
		}
		out = append(out, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0)
		out = be.AppendUint32(out, 10<<24+uint32(i))
		out = append(out, 11, 0, 0, 1, 4, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, length<<4, 4, 0, 100, 0, 0, 0, 0)
	}
	return out
}

// TestAllEvicted: broken headers take the places of all streams, so that no stream is left
// to list, to draw or to compare with.
func TestAllEvicted(t *testing.T) {
	keepRights(t)
	most := 100
	if capturetest.Full() {
		most = analyze.DefaultConfig().MaxStreams
	}
	args := []string{"analyze", "-", "--max-streams", strconv.Itoa(most), "--accepted-bytes", "5", "--format", "json"}
	dir := t.TempDir()
	for _, f := range analyzeFormats {
		args = append(args, "-o", filepath.Join(dir, "x"+string(f)))
	}
	capture := brokenHeaders(most + most/5)
	for _, more := range [][]string{nil, {"-v"}, {"-q"}, {"--wireshark"}} {
		var out, errs bytes.Buffer
		if status := run(append(args, more...), bytes.NewReader(capture), &out, &errs); status != statusDone {
			t.Fatalf("status %d: %s", status, &errs)
		}
		var r struct {
			Summary  struct{ Segments, Streams int }
			Retired  struct{ Streams int }
			Warnings []struct{ Code string }
			Streams  []any
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Summary.Segments != 1 || r.Summary.Streams != most+most/5+1 || r.Retired.Streams != 1 || len(r.Streams) != 0 ||
			r.Warnings[len(r.Warnings)-1].Code != "no-stream" {
			t.Errorf("%+v", r)
		}
		for _, f := range analyzeFormats {
			if info, err := os.Stat(filepath.Join(dir, "x"+string(f))); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
	var errs bytes.Buffer
	status := run([]string{"analyze", "-", "--max-streams", strconv.Itoa(most), "--stream", "0"}, bytes.NewReader(capture), &bytes.Buffer{}, &errs)
	if want := "winwatch: stream 0: it was evicted"; status != statusFailed || !bytes.HasPrefix(errs.Bytes(), []byte(want)) {
		t.Errorf("status %d and %s, want %s", status, &errs, want)
	}
}
