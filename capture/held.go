package capture

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"syscall"
)

// Held are captures that are kept open, for a process that gives up the right to
// open them before it reads the first. A nil Held opens files when they are
// needed.
type Held struct {
	files map[string]heldFile
	dirs  map[string]listing
}

// heldFile is a file, or why it could not be opened.
type heldFile struct {
	*os.File
	err error
}

// listing is what a directory holds, or why that is not known.
type listing struct {
	paths []string
	err   error
}

// Hold opens all files that OpenAll would read of these names, and reads nothing.
// What can't be opened is left to OpenAll to tell, as if it had just tried; the
// error is that there are more files than this process may have open.
func Hold(names []string) (*Held, error) {
	h := &Held{files: map[string]heldFile{}, dirs: map[string]listing{}}
	for _, name := range names {
		paths := []string{name}
		if isDir(name) {
			var err error
			paths, err = list(name)
			h.dirs[name] = listing{paths, err}
		}
		for _, path := range paths {
			if err := h.add(path); err != nil {
				h.Close()
				return nil, err
			}
		}
	}
	return h, nil
}

func (h *Held) add(path string) error {
	if _, there := h.files[path]; there || path == "-" {
		return nil
	}
	f, err := os.Open(path)
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return err
	}
	h.files[path] = heldFile{f, err}
	return nil
}

// OpenAll opens files, directories and "-", in any order. Of a directory it
// takes the pcap and pcapng files, compressed or not, without its
// subdirectories. Unread lists files whose headers are damaged, and what a
// directory holds that can't be read; it is an error only if nothing is left.
// Errors are those of Open; a directory without captures gives ErrNotCapture. It
// may be called again for another pass over the files.
func (h *Held) OpenAll(names []string) (*Files, error) {
	f := &Files{from: h}
	if err := f.addAll(names); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// IsDir reports whether the name is that of a directory.
func (h *Held) IsDir(name string) bool {
	if h == nil {
		return isDir(name)
	}
	_, is := h.dirs[name]
	return is
}

// Close closes the files.
func (h *Held) Close() {
	if h == nil {
		return
	}
	for _, f := range h.files {
		f.Close()
	}
}

// list returns the regular files of a directory.
func (h *Held) list(dir string) ([]string, error) {
	if h == nil {
		return list(dir)
	}
	return h.dirs[dir].paths, h.dirs[dir].err
}

// open opens a file from its beginning. A pipe has but one.
func (h *Held) open(name string) (fs.File, error) {
	if h == nil {
		return os.Open(name)
	}
	f := h.files[name]
	if f.err != nil {
		return nil, f.err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return f.File, err
	}
	return heldView{io.NewSectionReader(f, 0, math.MaxInt64), f.File}, nil
}

// A heldView reads a held file at a place of its own: a reader that was closed may be
// in the midst of a read when the next begins.
type heldView struct {
	io.Reader
	file *os.File
}

func (v heldView) Stat() (fs.FileInfo, error) { return v.file.Stat() }

// Close leaves the file to Held.
func (v heldView) Close() error { return nil }

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && name != "-" && info.IsDir()
}

// list returns the regular files of a directory, and what can't be told from one.
func list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if path == "-" { // a file, not standard input
			path = "./-"
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			continue
		}
		paths = append(paths, path)
	}
	return paths, nil
}
