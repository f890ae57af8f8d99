package capture_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestPreopened checks that preopened files can be read repeatedly after their names
// are gone, and that other names fail as if nothing had been preopened.
func TestPreopened(t *testing.T) {
	first := capturetest.Pcap(t, "0 C > S .\n1 C > S .")
	dir := writeFiles(t, map[string][]byte{"b": first, "a": capturetest.Pcap(t, "5 C > S ."), "README": []byte("hello\n")})
	var gz bytes.Buffer
	single := filepath.Join(writeFiles(t, map[string][]byte{"x.gz": compress(t, first, gzip.NewWriter(&gz), &gz)}), "x.gz")
	missing := filepath.Join(dir, "missing")
	empty := filepath.Join(dir, "sub")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	h, err := capture.Preopen([]string{dir, single, missing, empty, dir})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, d := range []string{dir, filepath.Dir(single)} {
		if err := os.RemoveAll(d); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		f, err := h.OpenAll([]string{single, dir})
		if err != nil {
			t.Fatal(err)
		}
		if f.Once() {
			t.Error("Once() = true for regular files")
		}
		segs, _ := readAll(t, f)
		if got, want := timeline(segs), "1@0 2@1 3@0 4@1 5@5"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if len(f.Unread()) > 0 {
			t.Errorf("unread: %v", f.Unread())
		}
		f.Close()
	}
	if !h.IsDir(dir) || h.IsDir(single) {
		t.Error("IsDir confuses a directory and a file")
	}
	for name, want := range map[string]error{missing: fs.ErrNotExist, empty: capture.ErrNotCapture} {
		if _, err := h.OpenAll([]string{name}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
