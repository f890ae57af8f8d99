package capture

import (
	"errors"
	"fmt"
)

// A Filter says of a frame, of which wireLen bytes were on the wire, whether it
// is to be decoded. It must not keep data.
type Filter func(link LinkType, data []byte, wireLen int) bool

// ErrNoFrames is returned where a filter needs frames and the input is text.
var ErrNoFrames = errors.New("text holds no frames that a filter could test")

// SetFilter leaves frames out that f does not want: they are counted as
// FilteredOut and keep their numbers. It is called before the first Next.
func (r *Reader) SetFilter(f Filter) error {
	if _, text := r.format.(*textReader); text {
		return fmt.Errorf("%s: %w", r.name, ErrNoFrames)
	}
	r.dec.filter = f
	return nil
}

// SetFilter sets the filter of all files. That one of them is text comes to
// light when it is read: NextBatch then returns ErrNoFrames.
func (f *Files) SetFilter(filter Filter) error {
	f.filter = filter
	return nil
}
