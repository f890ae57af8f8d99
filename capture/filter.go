package capture

import (
	"errors"
	"fmt"
)

// A Filter reports whether to decode a frame. data is the captured part of
// wireLen bytes on the wire; the filter must not keep it.
type Filter func(link LinkType, data []byte, wireLen int) bool

// ErrNoFrames is returned when a filter is set on text, which holds no frames.
var ErrNoFrames = errors.New("text input holds no frames to filter")

// SetFilter makes the reader skip frames that f rejects: they are counted as
// FilteredOut and keep their numbers. Call it before the first Next.
func (r *Reader) SetFilter(f Filter) error {
	if _, text := r.format.(*textReader); text {
		return fmt.Errorf("%s: %w", r.name, ErrNoFrames)
	}
	r.dec.filter = f
	return nil
}

// SetFilter sets the filter for all files. If one of them is text, NextBatch
// returns ErrNoFrames when it reaches that file.
func (f *Files) SetFilter(filter Filter) error {
	f.filter = filter
	return nil
}
