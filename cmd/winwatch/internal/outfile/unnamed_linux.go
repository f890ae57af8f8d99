package outfile

import (
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// descriptors is where a process finds its open files, the ones without a name, too.
const descriptors = "/proc/self/fd/"

// createUnnamed creates a file without a name in the directory (open(2), O_TMPFILE):
// it vanishes with the process that writes it, even if that is killed. Not every
// file system can do this.
func createUnnamed(dir string, mode fs.FileMode) (f *os.File, temp string, err error) {
	if f, err = os.OpenFile(dir, os.O_WRONLY|unix.O_TMPFILE, mode); err != nil {
		return nil, "", err
	}
	temp = descriptor(f.Fd())
	if _, err := os.Stat(temp); err != nil { // without /proc it could never get a name
		f.Close()
		return nil, "", err
	}
	return f, temp, nil
}

// descriptor returns the path of an open file of this process.
func descriptor(fd uintptr) string { return descriptors + strconv.FormatUint(uint64(fd), 10) }

// unnamed reports whether temp stands for a file without a name.
func unnamed(temp string) bool { return strings.HasPrefix(temp, descriptors) }

// link gives a file without a name one that no other file has.
func link(temp, name string) error {
	err := unix.Linkat(unix.AT_FDCWD, temp, unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: temp, New: name, Err: err}
	}
	return nil
}
