// Package outfile writes files completely or not at all: under a temporary name
// in the same directory, renamed when the content is complete.
package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// A File is an output file that appears under its name only when it is complete.
// A failed write does not stop the writer: Commit returns the first error. The
// owner must call Commit or Discard. A File is for one goroutine at a time.
type File struct {
	name, temp string
	file       *os.File
	buf        *bufio.Writer
	err        error
	ended      bool
	renamer    Renamer
}

// A Renamer gives temporary files their final names, or removes them. It has to
// be safe for concurrent use.
type Renamer interface {
	Rename(temp, name string) error
	Remove(temp string) error
}

// direct renames and removes with the rights of this process.
type direct struct{}

func (direct) Rename(temp, name string) error { return os.Rename(temp, name) }
func (direct) Remove(temp string) error       { return os.Remove(temp) }

// Create starts writing the file. It replaces a regular file of that name, but
// only at Commit; any other kind of file is an error. A program run by sudo gives
// the file to the user who called sudo.
func Create(name string) (*File, error) {
	old, err := replaceable(name)
	if err != nil {
		return nil, err
	}
	f, err := createBeside(name, old)
	if err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok { // users know nothing of the temporary name
			path.Path = name
		}
		return nil, err
	}
	o := &File{name: name, temp: f.Name(), file: f, buf: bufio.NewWriterSize(f, 64<<10), renamer: direct{}}
	unfinished.add(o)
	if err := errors.Join(giveToInvoker(f), keepMode(f, old)); err != nil {
		o.Discard()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return o, nil
}

// replaceable returns the file to be replaced, nil if there is none. It accepts
// regular files only, so that a symbolic link planted in a shared directory is
// never followed.
func replaceable(name string) (fs.FileInfo, error) {
	switch info, err := os.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is a symbolic link: winwatch neither follows nor replaces it", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s exists and is not a regular file", name)
	default:
		return info, nil
	}
}

// createBeside creates a temporary file in the directory of name, with permissions
// no wider than those of the file it replaces.
func createBeside(name string, old fs.FileInfo) (*os.File, error) {
	mode := fs.FileMode(0o666)
	if old != nil {
		mode &= old.Mode() &^ 0o070 // the group of the new file is not known yet
	}
	// Only the kernel can resolve ".." after a symlink, so the path is not cleaned.
	dir, _ := filepath.Split(name)
	for range 100 {
		// With the base name in it, the temporary name could exceed the limit.
		temp := dir + ".winwatch-" + strconv.FormatUint(rand.Uint64(), 36) + ".part"
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: no free temporary name in its directory", name)
}

// keepMode gives a new file the mode of the old one if both have the same owner:
// another user may have planted a file that everybody can write to. If the groups
// differ, the new group gets only what everybody had.
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

// Name returns the final name of the file, as given to Create.
func (f *File) Name() string { return f.name }

// Temp returns the temporary name of the file.
func (f *File) Temp() string { return f.temp }

// Write always succeeds: Commit returns the error.
func (f *File) Write(p []byte) (int, error) {
	if f.err == nil {
		_, f.err = f.buf.Write(p)
	}
	return len(p), nil
}

// Fail makes Commit return err, unless an earlier error does. A nil error changes
// nothing.
func (f *File) Fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// Commit gives the file its name, or removes it and returns the first error.
func (f *File) Commit() error {
	f.ended = true
	defer unfinished.done(f)
	f.Fail(f.buf.Flush())
	f.Fail(f.file.Close())
	if f.err == nil {
		f.Fail(f.renamer.Rename(f.temp, f.name))
	}
	if f.err != nil {
		f.renamer.Remove(f.temp)
		return fmt.Errorf("%s was not written: %w", f.name, WithoutPath(f.err))
	}
	return nil
}

// Discard removes the file, unless it was committed.
func (f *File) Discard() {
	if f.ended {
		return
	}
	f.ended = true
	defer unfinished.done(f)
	f.file.Close()
	f.renamer.Remove(f.temp)
}

// WithoutPath returns the cause of a file system error, without the file names in
// it: they may be temporary.
func WithoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}
