//go:build linux

package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"winwatch/capture/capturetest"
)

// BenchmarkAnalyze runs the whole command on different captures. One operation is one
// capture.
func BenchmarkAnalyze(b *testing.B) {
	busy := capturetest.Traffic{Packets: 1_000_000, Conns: 2000, Seed: 1}
	many := capturetest.Traffic{Packets: 1_000_000, Conns: 100_000, Seed: 1}
	for _, bench := range []struct {
		name  string
		write func(io.Writer) error
		args  []string
	}{
		{"pcap", busy.WritePcap, nil},
		{"pcapng", busy.WritePcapng, nil},
		{"csv", busy.WritePcap, []string{"--format", "csv"}},
		{"many-streams", many.WritePcap, nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			name := filepath.Join(b.TempDir(), "capture")
			f, err := os.Create(name)
			if err != nil {
				b.Fatal(err)
			}
			if err := bench.write(f); err != nil {
				b.Fatal(err)
			}
			f.Close()
			for b.Loop() {
				if err := program(append([]string{"analyze", name}, bench.args...)...).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
