//go:build cgo

package live

import (
	"fmt"
	"math"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcap"

	"winwatch/capture"
)

// Filter applies a pcap-filter(7) expression to frames from files. It is not safe
// for concurrent use.
type Filter struct {
	expr     string
	programs map[capture.LinkType]*pcap.BPF
	err      error
}

// NewFilter returns a Filter, or a *FilterError if the expression is wrong.
func NewFilter(expr string) (*Filter, error) {
	if _, err := compile(capture.LinkEthernet, expr); err != nil {
		return nil, &FilterError{expr, err}
	}
	return &Filter{expr: expr, programs: map[capture.LinkType]*pcap.BPF{}}, nil
}

// Match is a capture.Filter.
func (f *Filter) Match(link capture.LinkType, data []byte, wireLen int) bool {
	program, ok := f.programs[link]
	if !ok {
		var err error
		if program, err = compile(link, f.expr); err != nil && f.err == nil {
			f.err = fmt.Errorf("%s frames: %w", link, &FilterError{f.expr, err})
		}
		f.programs[link] = program
	}
	if link == capture.LinkSLL2 {
		if len(data) < sll2Header {
			return false
		}
		data, wireLen = data[sll2Header:], wireLen-sll2Header
	}
	if program == nil || len(data) == 0 {
		return false
	}
	return program.Matches(gopacket.CaptureInfo{CaptureLength: len(data), Length: max(wireLen, len(data))}, data)
}

// Err returns the reason why frames of some link type could not be tested, or nil:
// not every expression makes sense on every link type.
func (f *Filter) Err() error { return f.err }

// sll2Header is the length of the header of LINKTYPE_LINUX_SLL2.
const sll2Header = 20

// compile compiles the expression for a link type of capture files. gopacket
// truncates the number to 8 bits, so SLL2, whose number is larger, is tested from
// its IP header on.
func compile(link capture.LinkType, expr string) (*pcap.BPF, error) {
	const dltRaw = 12
	dlt := link
	if link == capture.LinkRaw || link == capture.LinkSLL2 {
		dlt = dltRaw
	}
	if dlt > math.MaxUint8 {
		return nil, fmt.Errorf("filters are not supported on %s", link)
	}
	return pcap.NewBPF(layers.LinkType(dlt), math.MaxUint16+1, expr)
}
