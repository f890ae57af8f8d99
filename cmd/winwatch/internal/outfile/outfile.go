// Package outfile writes files completely or not at all: without a name, or under a
// temporary one in the same directory, until the content is complete and on disk.
package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"winwatch/capture/live"
)

// A File is an output file that appears under its name only when it is complete.
// A failed write does not stop the writer: Commit returns the first error. The
// owner must call Commit or Discard. A File is for one goroutine at a time.
type File struct {
	name, temp string
	file       *os.File
	dir        *os.File // nil if this user may not read it
	buf        *bufio.Writer
	err        error
	ended      bool
	renamer    Renamer
}

// Create starts writing the file. It replaces a regular file of that name, but
// only at Commit; any other kind of file is an error. A program run by sudo gives
// the file to the user who called sudo.
func Create(name string) (*File, error) {
	old, err := replaceable(name)
	if err != nil {
		return nil, err
	}
	f, temp, err := createBeside(name, old)
	if err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok { // users know nothing of the temporary name
			path.Path = name
		}
		return nil, err
	}
	o := &File{name: name, temp: temp, file: f, dir: openDirectory(name), renamer: direct{}}
	o.buf = bufio.NewWriterSize(&durable{File: f}, 64<<10)
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
	uid, gid, ok, err := live.Sudoer()
	if !ok {
		return err
	}
	return f.Chown(uid, gid)
}

// Name returns the final name of the file, as given to Create.
func (f *File) Name() string { return f.name }

// Temp returns what Rename and Remove have to call the file until it has its name.
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

// Commit gives the file its name, or removes it and returns the first error. Without
// an error, the file survives a power failure.
func (f *File) Commit() error {
	f.ended = true
	defer f.close()
	f.Fail(f.buf.Flush())
	f.Fail(fsync(f.file))
	if f.err == nil {
		f.Fail(unfinished.named(f))
	}
	if f.err != nil {
		f.renamer.Remove(f.temp)
		return fmt.Errorf("%s was not written: %w", f.name, WithoutPath(f.err))
	}
	if err := syncDirectory(f.dir, f.file); err != nil {
		return fmt.Errorf("%s was written, but may not survive a power failure: %w", f.name, WithoutPath(err))
	}
	return nil
}

// Discard removes the file, unless it was committed.
func (f *File) Discard() {
	if f.ended {
		return
	}
	f.ended = true
	defer f.close()
	f.renamer.Remove(f.temp)
}

// close releases what the file used. Its content is on disk, or not wanted.
func (f *File) close() {
	f.file.Close()
	f.dir.Close()
	unfinished.done(f)
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
