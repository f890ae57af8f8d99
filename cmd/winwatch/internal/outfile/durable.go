package outfile

import "os"

// fsync is a variable for tests of disks that fail.
var fsync = (*os.File).Sync

// durable writes a file to disk while it grows, so that little is left for the sync at
// its end: that can't be interrupted.
type durable struct {
	*os.File
	size    int64 // bytes written
	started int64 // bytes whose writing to disk was started
}

// dirtyBytes is how much may wait to be written to disk, twice.
const dirtyBytes = 16 << 20

// Write implements io.Writer.
func (d *durable) Write(p []byte) (int, error) {
	n, err := d.File.Write(p)
	d.size += int64(n)
	if err == nil && d.size-d.started >= dirtyBytes {
		err = writeOut(d.File, max(d.started-dirtyBytes, 0), d.started, d.size)
		d.started = d.size
	}
	return n, err
}
