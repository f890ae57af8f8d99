package capture

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// FuzzGzip reads data with a gzip header put over its start. It also reads data
// compressed with gzip, which must give the same as data itself.
func FuzzGzip(f *testing.F) {
	addFiles(f, "testdata/made/*.gz", labDir+"midstream/capture.pcap", "testdata/made/blocks.pcapng")
	w := gzip.NewWriter(nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzCompressed(t, "\x1f\x8b\x08", data, func(data []byte) []byte {
			var file bytes.Buffer
			w.Reset(&file)
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return file.Bytes()
		})
	})
}

// FuzzZstd is FuzzGzip for zstd.
func FuzzZstd(f *testing.F) {
	addFiles(f, "testdata/made/*.zst", labDir+"midstream/capture.pcap", "testdata/made/blocks.pcapng")
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzCompressed(t, "\x28\xb5\x2f\xfd", data, func(data []byte) []byte { return w.EncodeAll(data, nil) })
	})
}

// FuzzLz4 is FuzzGzip for lz4.
func FuzzLz4(f *testing.F) {
	addFiles(f, "testdata/compressed/*.lz4", labDir+"midstream/capture.pcap")
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzCompressed(t, "\x04\x22\x4d\x18", data, func(data []byte) []byte {
			var file bytes.Buffer
			w := lz4.NewWriter(&file)
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return file.Bytes()
		})
	})
}

// FuzzXz reads data with an xz header put over its start, so that it is damaged in
// other places. Go has no small writer of xz to compare with.
func FuzzXz(f *testing.F) {
	addFiles(f, "testdata/compressed/*.xz")
	f.Fuzz(func(t *testing.T, data []byte) {
		copy(data, "\xfd7zXZ\x00")
		fuzzRead(t, data)
	})
}

// FuzzBzip2 is FuzzXz for bzip2.
func FuzzBzip2(f *testing.F) {
	addFiles(f, "testdata/compressed/*.bz2")
	f.Fuzz(func(t *testing.T, data []byte) {
		copy(data, "BZh")
		fuzzRead(t, data)
	})
}

func fuzzCompressed(t *testing.T, magic string, data []byte, compress func([]byte) []byte) {
	if compressionOf(data) == nil { // else it would be compressed twice
		plain, c := drain(t, data, 7)
		same, cc := drain(t, compress(data), 7)
		if len(plain) != len(same) || c != cc {
			t.Fatalf("plain: %d segments, %+v; compressed: %d, %+v", len(plain), c, len(same), cc)
		}
	}
	copy(data, magic)
	fuzzRead(t, data)
}
