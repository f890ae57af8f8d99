package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// A Renamer gives temporary files their final names, or removes them. It has to
// be safe for concurrent use.
type Renamer interface {
	Rename(temp, name string) error
	Remove(temp string) error
}

// direct renames and removes with the rights of this process.
type direct struct{}

func (direct) Rename(temp, name string) error { return Rename(temp, name) }
func (direct) Remove(temp string) error       { return Remove(temp) }

// unnamedFile is a variable for tests of file systems without unnamed files.
var unnamedFile = createUnnamed

// createBeside creates a temporary file in the directory of name, with permissions
// no wider than those of the file it replaces. It has no name itself if the file
// system allows that.
func createBeside(name string, old fs.FileInfo) (f *os.File, temp string, err error) {
	mode := fs.FileMode(0o666)
	if old != nil {
		mode &= old.Mode() &^ 0o070 // the group of the new file is not known yet
	}
	if f, temp, err := unnamedFile(directory(name), mode); err == nil {
		return f, temp, nil
	}
	err = atFreeName(name, func(free string) (err error) {
		temp = free
		f, err = os.OpenFile(free, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	})
	return f, temp, err
}

// atFreeName calls create with temporary names in the directory of name until one is
// free.
func atFreeName(name string, create func(free string) error) error {
	for range 100 {
		// With the base name in it, the temporary name could exceed the limit.
		free := directory(name) + ".winwatch-" + strconv.FormatUint(rand.Uint64(), 36) + ".part"
		if err := create(free); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return fmt.Errorf("%s: no free temporary name in its directory", name)
}

// directory returns the directory of a file, with a slash at its end. Only the kernel
// can resolve ".." after a symlink, so the path is not cleaned.
func directory(name string) string {
	if dir, _ := filepath.Split(name); dir != "" {
		return dir
	}
	return "." + string(filepath.Separator)
}

// Rename gives a temporary file its name, in place of the file that has it. The
// temporary file is one of this process, or one that it inherited: see PassTo.
func Rename(temp, name string) error {
	if !unnamed(temp) {
		return os.Rename(temp, name)
	}
	if err := link(temp, name); !errors.Is(err, fs.ErrExist) {
		return err
	}
	// A link replaces nothing, a rename does. Only between the two could a process
	// that is killed leave a temporary name.
	return atFreeName(name, func(free string) error {
		if err := link(temp, free); err != nil {
			return err
		}
		err := os.Rename(free, name)
		if err != nil {
			os.Remove(free)
		}
		return err
	})
}

// Remove removes a temporary file. One without a name needs no removing.
func Remove(temp string) error {
	if unnamed(temp) {
		return nil
	}
	return os.Remove(temp)
}

// PassTo lets cmd inherit the file if it has no name, and returns what Rename and
// Remove have to call it in that process.
func (f *File) PassTo(cmd *exec.Cmd) (temp string) {
	if !unnamed(f.temp) {
		return f.temp
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, f.file)
	const first = 3 // after the standard streams
	return descriptor(uintptr(first + len(cmd.ExtraFiles) - 1))
}
