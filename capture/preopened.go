package capture

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"syscall"
)

// Preopened keeps captures open for a process that drops privileges before
// reading. A nil Preopened opens files on demand.
type Preopened struct {
	ctx   context.Context // nil: without end
	files map[string]preopenedFile
	dirs  map[string]listing
}

// preopenedFile is an open file, or the error from opening it.
type preopenedFile struct {
	*os.File
	err error
}

// listing holds the files of a directory, or the error from reading it.
type listing struct {
	paths []string
	err   error
}

// Preopen opens all files that OpenAll would read for these names, without
// reading them. OpenAll reports the files that could not be opened; Preopen itself
// fails only if the limit on open files is reached.
func Preopen(names []string) (*Preopened, error) {
	p := &Preopened{files: map[string]preopenedFile{}, dirs: map[string]listing{}}
	for _, name := range names {
		paths := []string{name}
		if isDir(name) {
			var err error
			paths, err = list(name)
			p.dirs[name] = listing{paths, err}
		}
		for _, path := range paths {
			if err := p.add(path); err != nil {
				p.Close()
				return nil, err
			}
		}
	}
	return p, nil
}

func (p *Preopened) add(path string) error {
	if _, there := p.files[path]; there || path == "-" {
		return nil
	}
	f, err := openFile(path)
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return err
	}
	p.files[path] = preopenedFile{f, err}
	return nil
}

// OpenAll opens files, directories and "-", in any order. From a directory it
// takes all captures but text, compressed or not, without subdirectories.
// Files with damaged headers and unreadable directory entries are listed by
// Unread; they are an error only if nothing else is left. Errors are those of
// Open; a directory without captures gives ErrNotCapture. OpenAll may be called
// again for another pass over the files.
func (p *Preopened) OpenAll(names []string) (*Files, error) {
	f := &Files{from: p}
	if err := f.addAll(names); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// IsDir reports whether name is a directory.
func (p *Preopened) IsDir(name string) bool {
	if p == nil || p.files == nil {
		return isDir(name)
	}
	_, is := p.dirs[name]
	return is
}

// Close closes the files.
func (p *Preopened) Close() {
	if p == nil {
		return
	}
	for _, f := range p.files {
		f.Close()
	}
}

// list returns the regular files of a directory.
func (p *Preopened) list(dir string) ([]string, error) {
	if p == nil || p.files == nil {
		return list(dir)
	}
	return p.dirs[dir].paths, p.dirs[dir].err
}

// open opens a file at its beginning. A pipe can be read only once.
func (p *Preopened) open(name string) (fs.File, error) {
	if p == nil || p.files == nil {
		return openFile(name)
	}
	f := p.files[name]
	if f.err != nil {
		return nil, f.err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return f.File, err
	}
	return preopenedView{io.NewSectionReader(f, 0, math.MaxInt64), f.File}, nil
}

// A preopenedView reads a preopened file at its own offset: a closed reader may
// still be inside a read when the next one begins.
type preopenedView struct {
	io.Reader
	file *os.File
}

func (v preopenedView) Stat() (fs.FileInfo, error) { return v.file.Stat() }

// Close leaves the file open: Preopened closes it.
func (v preopenedView) Close() error { return nil }

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && name != "-" && info.IsDir()
}

// list returns the regular files of a directory, and entries whose kind can't be
// determined.
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
