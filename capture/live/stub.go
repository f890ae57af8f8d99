//go:build !cgo

package live

import (
	"winwatch/capture"
)

// Source is unusable in this build: Open always fails.
type Source struct{}

// Open returns ErrNoLibpcap.
func Open(Config) (*Source, error) { return nil, ErrNoLibpcap }

// Next returns ErrNoLibpcap.
func (*Source) Next(*capture.Segment) error { return ErrNoLibpcap }

// NextBatch returns ErrNoLibpcap.
func (*Source) NextBatch([]capture.Segment) (int, error) { return 0, ErrNoLibpcap }

// Stop does nothing.
func (*Source) Stop() {}

// Counters returns zero counters.
func (*Source) Counters() capture.Counters { return capture.Counters{} }

// Stats returns zero counts.
func (*Source) Stats() Stats { return Stats{} }

// LinkType returns 0.
func (*Source) LinkType() capture.LinkType { return 0 }

// Close does nothing.
func (*Source) Close() error { return nil }

// Filter is unusable in this build: NewFilter always fails.
type Filter struct{}

// NewFilter returns ErrNoLibpcap.
func NewFilter(string) (*Filter, error) { return nil, ErrNoLibpcap }

// Match returns false.
func (*Filter) Match(capture.LinkType, []byte, int) bool { return false }

// Err returns ErrNoLibpcap.
func (*Filter) Err() error { return ErrNoLibpcap }
