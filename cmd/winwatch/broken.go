package main

import (
	"errors"
	"io"

	"winwatch/capture"
)

// broken is an input of which nothing can be read, because each of its files is damaged
// before the first packet. It delivers the damage, so that the report is the same as for
// damage that comes later.
type broken struct{ damage []*capture.DamageError }

var _ input = (*broken)(nil)

// openBroken returns a broken input for the error of opening the captures. It notes the
// files with other errors as unread. It returns an error if none is damaged.
func (j *job) openBroken(err error) (input, error) {
	errs := joined(err)
	if errs == nil {
		errs = []error{err}
	}
	b, others := &broken{}, []capture.Unread(nil)
	for _, e := range errs {
		if d, ok := errors.AsType[*capture.DamageError](e); ok {
			b.damage = append(b.damage, d)
		} else {
			others = append(others, capture.Unread{Err: e})
		}
	}
	if b.damage == nil {
		return nil, explainInput(err)
	}
	j.unread = others
	return b, nil
}

// NextBatch implements analyze.Source.
func (b *broken) NextBatch([]capture.Segment) (int, error) {
	if len(b.damage) == 0 {
		return 0, io.EOF
	}
	d := b.damage[0]
	b.damage = b.damage[1:]
	return 0, d
}

func (b *broken) Counters() capture.Counters     { return capture.Counters{} }
func (b *broken) SetFilter(capture.Filter) error { return nil }
func (b *broken) Offset() int64                  { return 0 }
func (b *broken) Size() int64                    { return 0 }
func (b *broken) Close() error                   { return nil }
