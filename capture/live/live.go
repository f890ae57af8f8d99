// Package live captures TCP segments from a network interface through libpcap.
// It is the only part of the product that needs cgo: a build without it
// compiles, and Open says that it cannot capture.
//
// What a Source delivers is what a capture.Reader delivers from the file that
// the Source saved meanwhile: same frames, same numbers, same counters.
package live

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Config says what to capture. The zero value of each field but Interface is
// its default.
type Config struct {
	// Interface is a name such as "lo", or "any" for all of them.
	Interface string
	// Filter is an expression of pcap-filter(7). "": everything.
	Filter string
	// Snaplen is the most bytes of a frame that are captured. 0: DefaultSnaplen.
	Snaplen int
	// BufferBytes is the size of the kernel's ring buffer. 0: DefaultBuffer.
	BufferBytes int
	// Save gets all frames as a nanosecond pcap, if it is not nil. The Source
	// does not buffer, close or flush it. When it fails the capture goes on, and
	// nothing more is written to it.
	Save io.Writer
}

const (
	// DefaultSnaplen holds Ethernet with tags, IPv6 with extension headers and
	// TCP with all its options. Payload is of no use here, and the less is copied
	// the more packets the ring buffer takes.
	DefaultSnaplen = 256
	// DefaultBuffer takes some 90,000 frames of DefaultSnaplen (each costs about
	// 100 bytes more), or about a tenth of a second of the densest traffic that
	// two processors can make on loopback.
	DefaultBuffer = 32 << 20
	// Any is the pseudo interface that stands for all.
	Any = "any"
)

// Stats are the kernel's counts of what passed the filter.
type Stats struct {
	// Received frames were offered to the ring buffer, Dropped ones included.
	// Some from after Stop may be among them.
	Received int
	// Dropped frames found the ring buffer full. On loopback the kernel offers
	// each packet twice, so that up to half of these are no loss; which ones is
	// not known.
	Dropped int
	// InterfaceDropped frames were lost by the device, where it says so.
	InterfaceDropped int
}

// ErrPermission says that this user may not capture: it takes CAP_NET_RAW in
// the network namespace.
var ErrPermission = errors.New("capturing is not permitted")

// ErrNoLibpcap is returned by everything in a build without cgo.
var ErrNoLibpcap = errors.New("this binary was built without libpcap (CGO_ENABLED=0) and cannot capture")

// ErrInterfaceDown says that the interface is there but not up.
var ErrInterfaceDown = errors.New("the interface is down")

// NoInterfaceError says that no interface has the name.
type NoInterfaceError struct {
	Name string
	// Have are the names there are.
	Have []string
}

func (e *NoInterfaceError) Error() string {
	return fmt.Sprintf("no interface is called %q; there are %s", e.Name, strings.Join(e.Have, ", "))
}

// FilterError says that a capture filter can't be compiled.
type FilterError struct {
	Filter string
	Err    error
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("filter %q: %v", e.Filter, e.Err)
}

// Unwrap returns libpcap's reason.
func (e *FilterError) Unwrap() error { return e.Err }
