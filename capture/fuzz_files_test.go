package capture

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzFiles splits bytes into two files and reads them as one capture: every frame
// must be numbered once, and damage in one file must not affect the other.
func FuzzFiles(f *testing.F) {
	for _, cut := range []uint16{0, 24, 340, 888} {
		for _, name := range []string{labDir + "midstream/capture.pcap", "testdata/made/nanoseconds.pcap",
			"testdata/made/blocks.pcapng", "testdata/made/zstd.pcap.zst"} {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(append(b, b...), cut+uint16(len(b)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		defer inTime(t, data)()
		dir := t.TempDir()
		parts := [][]byte{data[:min(int(cut), len(data))], data[min(int(cut), len(data)):]}
		var names []string
		var want Counters
		for i, part := range parts {
			_, c := drain(t, part, 7)
			want.Add(c)
			names = append(names, filepath.Join(dir, string(rune('a'+i))))
			if err := os.WriteFile(names[i], part, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		files, err := (*Preopened)(nil).OpenAll(names)
		if err != nil {
			return // either file may be unreadable
		}
		defer files.Close()
		if got := drainFiles(t, files); got != want {
			t.Fatalf("together %+v, separately %+v", got, want)
		}
		if files.Offset() > int64(len(data)) {
			t.Fatalf("%d of %d bytes were read", files.Offset(), len(data))
		}
	})
}

func drainFiles(t *testing.T, files *Files) Counters {
	batch := make([]Segment, 7)
	for last, damages := uint64(0), 0; ; {
		n, err := files.NextBatch(batch)
		for _, s := range batch[:n] {
			if s.Frame <= last {
				t.Fatalf("frame %d comes after %d", s.Frame, last)
			}
			last = s.Frame
		}
		if c := files.Counters(); !c.Balanced() {
			t.Fatalf("counters %+v", c)
		}
		if err == io.EOF {
			return files.Counters()
		}
		if err != nil && (!errors.As(err, new(*DamageError)) || damages == 2) {
			t.Fatal(err)
		}
		if err != nil {
			damages++
		}
	}
}
