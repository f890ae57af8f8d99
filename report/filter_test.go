package report

import (
	"os/exec"
	"strings"
	"testing"
)

func TestDisplayFilter(t *testing.T) {
	for _, test := range []struct {
		frames []uint64
		want   string
	}{
		{nil, "tcp.stream eq 3"},
		{[]uint64{0}, "tcp.stream eq 3"},
		{[]uint64{7}, "tcp.stream eq 3 && frame.number in {7}"},
		{[]uint64{9, 7, 7, 0}, "tcp.stream eq 3 && frame.number in {7, 9}"},
		{[]uint64{1, 2, 4, 5, 6, 9}, "tcp.stream eq 3 && frame.number in {1, 2, 4..6, 9}"},
	} {
		if got := displayFilter(3, test.frames); got != test.want {
			t.Errorf("%v: %s, want %s", test.frames, got, test.want)
		}
	}
}

// TestDisplayFilterInTshark checks filters with tshark.
func TestDisplayFilterInTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	for _, frames := range [][]uint64{{183}, {183, 185}, {1, 2, 3, 4, 180, 190, 191, 192}} {
		filter := displayFilter(0, frames)
		out, err := exec.Command(tshark, "-r", "../analyze/testdata/seed-flood.pcap", "-Y", filter, "-T", "fields", "-e", "frame.number").CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", filter, err, out)
		}
		got := 0
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); line != "" && strings.Trim(line, "0123456789") == "" {
				got++
			}
		}
		if got != len(frames) {
			t.Errorf("%s shows %d frames, want %d: %s", filter, got, len(frames), out)
		}
	}
}
