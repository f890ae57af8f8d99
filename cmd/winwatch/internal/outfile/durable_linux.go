package outfile

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// writeOut starts writing the bytes of f from started to end to disk, and waits for
// those from begin to started (sync_file_range(2)). Only a later sync makes them safe.
func writeOut(f *os.File, begin, started, end int64) error {
	const start = unix.SYNC_FILE_RANGE_WRITE
	const wait = unix.SYNC_FILE_RANGE_WAIT_BEFORE | start | unix.SYNC_FILE_RANGE_WAIT_AFTER
	err := unix.SyncFileRange(int(f.Fd()), started, end-started, start)
	if err == nil && begin < started {
		err = unix.SyncFileRange(int(f.Fd()), begin, started-begin, wait)
	}
	if cannotSync(err) {
		return nil
	}
	return err
}

// cannotSync reports whether err means that the file system has no such operation.
func cannotSync(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP)
}

// openDirectory opens the directory of a file for syncDirectory. It returns nil if this
// user may write to the directory, but not read it.
func openDirectory(name string) *os.File {
	dir, err := os.Open(directory(name))
	if err != nil {
		return nil
	}
	return dir
}

// syncDirectory makes the new name of a file survive a power failure (fsync(2)). Without
// the directory it syncs the whole file system, which needs no right.
func syncDirectory(dir, file *os.File) error {
	err := error(nil)
	if dir != nil {
		err = fsync(dir)
	} else {
		err = unix.Syncfs(int(file.Fd()))
	}
	if cannotSync(err) {
		return nil
	}
	return err
}
