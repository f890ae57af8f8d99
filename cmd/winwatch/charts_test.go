package main

import (
	"bytes"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"winwatch/capture/capturetest"
)

// TestOrigins checks that the table has suitable sources for every need.
func TestOrigins(t *testing.T) {
	for _, closeUp := range []bool{false, true} {
		for _, once := range []bool{false, true} {
			for _, long := range []bool{false, true} {
				need := chartNeed{closeUp, once, long}
				from := origins[need]
				if len(from) == 0 {
					t.Errorf("%+v: no sources", need)
				}
				for _, o := range from {
					if o == fromSecondPass && once || o == fromKept && !once || o == fromSketch && closeUp {
						t.Errorf("%+v: unsuitable source %d", need, o)
					}
				}
			}
		}
	}
}

// TestPipeChart checks that the chart of a stream covers its whole time if a long
// capture is read from a pipe.
func TestPipeChart(t *testing.T) {
	var capture bytes.Buffer
	if err := (capturetest.Traffic{Packets: 200_000, Conns: 30, Seed: 1}).WritePcap(&capture); err != nil {
		t.Fatal(err)
	}
	analyze := func(args ...string) string {
		cmd := exec.Command(buildProgram(t), append([]string{"analyze"}, args...)...)
		cmd.Stdin = bytes.NewReader(capture.Bytes())
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	out := analyze("-", "--stream", "0")
	span := regexp.MustCompile(`bytes of payload, ([0-9.]+) s`).FindStringSubmatch(out)
	axis := regexp.MustCompile(`(?m)^ +0 .* ([0-9.]+) +s$`).FindStringSubmatch(out)
	if span == nil || axis == nil {
		t.Fatalf("no chart:\n%s", out)
	}
	whole, _ := strconv.ParseFloat(span[1], 64)
	last, _ := strconv.ParseFloat(axis[1], 64)
	if last < 0.7*whole {
		t.Errorf("the last tick is at %v s of %v s:\n%s", last, whole, out)
	}
}
