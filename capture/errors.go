package capture

import (
	"errors"
	"fmt"
)

// Reasons to reject an input as a whole. Errors of Open wrap one of these or an
// error of the os package (os.ErrNotExist, os.ErrPermission).
var (
	// ErrEmpty: the input has no bytes at all.
	ErrEmpty = errors.New("the file is empty")
	// ErrNotCapture: the input is in none of the formats that Open reads.
	ErrNotCapture = errors.New("not a capture file")
	// ErrIsDirectory: a directory where a file was expected.
	ErrIsDirectory = errors.New("it is a directory")
)

// ErrBomb is wrapped by the DamageError for a compressed file that expands to
// more than a real capture could: it was made to keep its reader busy.
var ErrBomb = errors.New("it looks like a decompression bomb")

// DamageError reports where an input broke. Everything before that place has been
// delivered.
type DamageError struct {
	Name   string // name of the input
	Offset int64  // byte offset of the damaged record, after decompression
	Frame  uint64 // number of the frame that could not be read; 0 if it was not a frame
	Err    error  // what is wrong; io.ErrUnexpectedEOF if the input ended
}

// Error returns the input, the place and the reason.
func (e *DamageError) Error() string {
	if e.Frame == 0 {
		return fmt.Sprintf("%s: damaged at byte %d: %v", e.Name, e.Offset, e.Err)
	}
	return fmt.Sprintf("%s: damaged at byte %d, frame %d: %v", e.Name, e.Offset, e.Frame, e.Err)
}

// Unwrap returns the reason.
func (e *DamageError) Unwrap() error { return e.Err }
