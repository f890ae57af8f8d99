package capture

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
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

func fuzzCompressed(t *testing.T, magic string, data []byte, compress func([]byte) []byte) {
	if !bytes.HasPrefix(data, []byte(magic[:2])) && !isZstd(data) { // else it would be compressed twice
		plain, c := drain(t, data, 7)
		same, cc := drain(t, compress(data), 7)
		if len(plain) != len(same) || c != cc {
			t.Fatalf("plain: %d segments, %+v; compressed: %d, %+v", len(plain), c, len(same), cc)
		}
	}
	copy(data, magic)
	fuzzRead(t, data)
}
