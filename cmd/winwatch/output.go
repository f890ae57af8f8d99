package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// An outFile is a file that is written whole or not at all: under a temporary
// name beside its place, which it takes with commit. The first write that fails
// is kept and ends the writing, not the work of whoever writes.
type outFile struct {
	name, temp string
	file       *os.File
	buf        *bufio.Writer
	err        error
	ended      bool
	// place and remove are os.Rename and os.Remove, unless this process has
	// given up the right to do so.
	place  func(temp, name string) error
	remove func(temp string) error
}

// unfinished are the temporary files that there are, for a program that is told
// to end at once.
var unfinished fileSet

type fileSet struct {
	mu    sync.Mutex
	names map[string]bool
	// by is os.Remove if nil.
	by func(name string) error
}

// removeBy has files removed by another function.
func (s *fileSet) removeBy(by func(name string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.by = by
}

func (s *fileSet) add(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[name] = true
}

func (s *fileSet) done(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.names, name)
}

// remove removes the files. Nothing can be added or finished afterwards.
func (s *fileSet) remove() {
	s.mu.Lock()
	by := s.by
	if by == nil {
		by = os.Remove
	}
	for name := range s.names {
		by(name)
	}
}

// createOut begins to write the file.
func createOut(name string) (*outFile, error) {
	old, err := replaceable(name)
	if err != nil {
		return nil, err
	}
	f, err := createBeside(name, old)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) { // the temporary name says nothing to anyone
			path.Path = name
		}
		return nil, err
	}
	temp := f.Name()
	unfinished.add(temp)
	if err := errors.Join(giveToInvoker(f), keepMode(f, old)); err != nil {
		unfinished.done(temp)
		f.Close()
		os.Remove(temp)
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &outFile{name: name, temp: temp, file: f, buf: bufio.NewWriterSize(f, 64<<10),
		place: os.Rename, remove: os.Remove}, nil
}

// replaceable returns what the file is to replace, nil if nothing. It refuses
// anything but a regular file, so that a link planted in a shared directory leads
// nowhere.
func replaceable(name string) (fs.FileInfo, error) {
	switch info, err := os.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is a symbolic link: it is not followed, nor replaced", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s exists and is not a regular file", name)
	default:
		return info, nil
	}
}

// createBeside creates a file under a temporary name in the directory of name, for
// nobody to open who may not open the old one.
func createBeside(name string, old fs.FileInfo) (*os.File, error) {
	mode := fs.FileMode(0o666)
	if old != nil {
		mode &= old.Mode() &^ 0o070 // what group it will have is not known yet
	}
	// Whither ".." leads after a link the system knows, not the text.
	dir, _ := filepath.Split(name)
	for range 100 {
		// With the base of the name in it, it could be longer than a name may be.
		temp := dir + ".winwatch-" + strconv.FormatUint(rand.Uint64(), 36) + ".part"
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: no free temporary name beside it", name)
}

// keepMode gives a new file the mode of the old one, if both belong to the same
// user: another may have planted one that everybody may write to. Another group
// than the old one's may do what everybody may.
func keepMode(f *os.File, old fs.FileInfo) error {
	if old == nil {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	user, group := sameOwner(info, old)
	if user {
		mode = old.Mode().Perm()
	}
	if !user || !group {
		mode = mode&^0o070 | mode&0o007<<3
	}
	return f.Chmod(mode)
}

// Write never fails at once: see commit.
func (o *outFile) Write(p []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.buf.Write(p)
	}
	return len(p), nil
}

// commit gives the file its name, or removes it and returns the first error.
func (o *outFile) commit() error {
	o.ended = true
	defer unfinished.done(o.temp)
	o.keep(o.buf.Flush())
	o.keep(o.file.Close())
	if o.err == nil {
		o.keep(o.place(o.temp, o.name))
	}
	if o.err != nil {
		o.remove(o.temp)
		return fmt.Errorf("%s was not written: %w", o.name, unwrapPath(o.err))
	}
	return nil
}

// discard removes what was written, unless it has been committed.
func (o *outFile) discard() {
	if o.ended {
		return
	}
	o.ended = true
	defer unfinished.done(o.temp)
	o.file.Close()
	o.remove(o.temp)
}

func (o *outFile) keep(err error) {
	if o.err == nil {
		o.err = err
	}
}

// giveToInvoker gives a new file to the user who called sudo.
func giveToInvoker(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	if err != nil {
		return nil
	}
	gid, err := strconv.Atoi(os.Getenv("SUDO_GID"))
	if err != nil {
		return nil
	}
	return f.Chown(uid, gid)
}

// unwrapPath takes the temporary name out of an error of the file system.
func unwrapPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
