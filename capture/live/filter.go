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

// Filter applies an expression of pcap-filter(7) to frames of files. It is for
// one goroutine at a time.
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

// Err returns why frames of some link type could not be tested, nil if all
// could: not every expression makes sense on every link.
func (f *Filter) Err() error { return f.err }

// sll2Header is the length of the header of LINKTYPE_LINUX_SLL2.
const sll2Header = 20

// compile compiles the expression for a link type of capture files. gopacket
// cuts the number to 8 bits, so that frames of SLL2, which are over that, are
// tested from their IP header on.
func compile(link capture.LinkType, expr string) (*pcap.BPF, error) {
	const dltRaw = 12
	dlt := link
	if link == capture.LinkRaw || link == capture.LinkSLL2 {
		dlt = dltRaw
	}
	if dlt > math.MaxUint8 {
		return nil, fmt.Errorf("filters are not possible on %s", link)
	}
	return pcap.NewBPF(layers.LinkType(dlt), math.MaxUint16+1, expr)
}
