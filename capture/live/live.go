// Package live captures TCP segments from a network interface through libpcap.
// It needs cgo: without it the program builds, but Open
// returns ErrNoLibpcap.
//
// A Source delivers exactly what a capture.Reader delivers from the file that the
// Source saves: the same frames, numbers and counters.
package live

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Config says what to capture. The zero value of every field except Interface
// selects its default.
type Config struct {
	// Interface is a name such as "lo", or "any" for all interfaces.
	Interface string
	// Filter is a pcap-filter(7) expression. "": everything.
	Filter string
	// Snaplen limits the captured bytes per frame. 0: DefaultSnaplen.
	Snaplen int
	// BufferBytes is the size of the kernel's ring buffer. 0: DefaultBuffer.
	BufferBytes int
	// Save, if not nil, receives all frames as a nanosecond pcap. The Source does
	// not buffer, flush or close it. If a write fails the capture continues, but
	// nothing more is written.
	Save io.Writer
}

const (
	// DefaultSnaplen has room for Ethernet with tags, IPv6 with extension headers
	// and TCP with all its options. Payload is not needed, and the less is copied
	// the more packets fit the ring buffer.
	DefaultSnaplen = 256
	// DefaultBuffer has room for some 90,000 frames of DefaultSnaplen (plus about
	// 100 bytes of overhead each), or about a tenth of a second of the densest
	// traffic that two processors can generate on loopback.
	DefaultBuffer = 32 << 20
	// Any is the pseudo interface that stands for all interfaces.
	Any = "any"
)

// Stats are the kernel's counts of frames that passed the filter.
type Stats struct {
	// Received counts the frames offered to the ring buffer, including Dropped.
	// It may include some from after Stop.
	Received int
	// Dropped counts the frames that found the ring buffer full. On loopback the
	// kernel offers each packet twice, so up to half of these drops lost nothing,
	// but which ones is unknown.
	Dropped int
	// InterfaceDropped counts the frames lost by the device, if it reports them.
	InterfaceDropped int
}

// ErrPermission means that this user may not capture: it takes CAP_NET_RAW in the
// network namespace.
var ErrPermission = errors.New("capturing is not permitted")

// ErrNoLibpcap is returned by all functions in a build without cgo.
var ErrNoLibpcap = errors.New("this binary was built without libpcap (CGO_ENABLED=0) and cannot capture")

// ErrInterfaceDown means that the interface exists but is not up.
var ErrInterfaceDown = errors.New("the interface is down")

// NoInterfaceError means that no interface has the name.
type NoInterfaceError struct {
	Name string
	// Have lists the existing interfaces.
	Have []string
}

func (e *NoInterfaceError) Error() string {
	return fmt.Sprintf("no interface named %q; available: %s", e.Name, strings.Join(e.Have, ", "))
}

// FilterError means that a capture filter can't be compiled.
type FilterError struct {
	Filter string
	Err    error
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("filter %q: %v", e.Filter, e.Err)
}

// Unwrap returns libpcap's reason.
func (e *FilterError) Unwrap() error { return e.Err }
