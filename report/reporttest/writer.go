package reporttest

import "errors"

// FailingWriter fails with ErrDiskFull once more than Left bytes have been written.
type FailingWriter struct{ Left int }

// ErrDiskFull is the error of a FailingWriter.
var ErrDiskFull = errors.New("disk full")

func (w *FailingWriter) Write(p []byte) (int, error) {
	if w.Left -= len(p); w.Left < 0 {
		return 0, ErrDiskFull
	}
	return len(p), nil
}
