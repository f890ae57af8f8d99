package outfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDurable: the content is on disk before the file gets its name, and the name
// before Commit returns. A sync that fails is reported.
func TestDurable(t *testing.T) {
	defer func() { fsync = (*os.File).Sync }()
	broken := errors.New("input/output error")
	for _, tt := range []struct {
		fails int // the sync that fails, counted from 1
		err   string
		files []string // in the directory at each sync and at the end
	}{
		{0, "", []string{"", "w.csv", "w.csv"}},
		{1, "w.csv was not written: input/output error", []string{"", ""}},
		{2, "w.csv was written, but may not survive a power failure: input/output error", []string{"", "w.csv", "w.csv"}},
	} {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		var synced, seen []string
		look := func() {
			names, err := filepath.Glob(filepath.Join(dir, "w*"))
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, strings.Join(names, " "))
		}
		fsync = func(f *os.File) error {
			look()
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			if synced = append(synced, map[bool]string{false: "file", true: "directory"}[info.IsDir()]); len(synced) == tt.fails {
				return broken
			}
			return nil
		}
		f, err := Create(filepath.Join(dir, "w.csv"))
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte("content"))
		err = f.Commit()
		look()
		if got := strings.ReplaceAll(fmt.Sprint(err), dir+"/", ""); got != tt.err && (err != nil || tt.err != "") {
			t.Errorf("sync %d fails: %v, want %q", tt.fails, err, tt.err)
		}
		if want := []string{"file", "directory"}[:len(tt.files)-1]; !slices.Equal(synced, want) {
			t.Errorf("sync %d fails: synced %q, want %q", tt.fails, synced, want)
		}
		for i := range seen {
			seen[i] = strings.TrimPrefix(seen[i], dir+"/")
		}
		if !slices.Equal(seen, tt.files) {
			t.Errorf("sync %d fails: the directory holds %q, want %q", tt.fails, seen, tt.files)
		}
	}
}

// TestUnreadableDirectory: files appear in a directory that this user may write to but
// not read.
func TestUnreadableDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	f, err := Create(filepath.Join(dir, "w.csv"))
	if err != nil {
		t.Fatal(err)
	}
	f.dir.Close() // root may read it
	f.dir = nil
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
}
