package capture

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Writer writes a little-endian pcap file with nanosecond time stamps
// (draft-ietf-opsawg-pcap 4 and 5). It does not buffer: pass a bufio.Writer and
// flush it.
type Writer struct {
	w       io.Writer
	snaplen int
	rec     [16]byte
}

// NewWriter writes the file header to w and returns a Writer for frames of the
// given link type. snaplen limits the bytes written per frame; 0 means no limit
// but MaxCaptured.
func NewWriter(w io.Writer, linkType LinkType, snaplen int) (*Writer, error) {
	if snaplen <= 0 || snaplen > MaxCaptured {
		snaplen = MaxCaptured
	}
	var h [24]byte
	le := binary.LittleEndian
	le.PutUint32(h[0:], magicNano)
	le.PutUint16(h[4:], 2)
	le.PutUint16(h[6:], 4)
	le.PutUint32(h[16:], uint32(snaplen))
	le.PutUint32(h[20:], uint32(linkType))
	if _, err := w.Write(h[:]); err != nil {
		return nil, fmt.Errorf("write pcap header: %w", err)
	}
	return &Writer{w: w, snaplen: snaplen}, nil
}

// WriteFrame writes one frame: its time in nanoseconds since the Unix epoch
// (clamped to the years 1970 to 2106), the captured bytes and the length on the
// wire. Bytes beyond the snaplen are dropped. WriteFrame does not keep data.
func (w *Writer) WriteFrame(timeNs int64, data []byte, wireLen int) error {
	wireLen = max(wireLen, len(data))
	data = data[:min(len(data), w.snaplen)]
	timeNs = min(max(timeNs, 0), (1<<32)*1e9-1)
	le := binary.LittleEndian
	le.PutUint32(w.rec[0:], uint32(timeNs/1e9))
	le.PutUint32(w.rec[4:], uint32(timeNs%1e9))
	le.PutUint32(w.rec[8:], uint32(len(data)))
	le.PutUint32(w.rec[12:], uint32(wireLen))
	if _, err := w.w.Write(w.rec[:]); err != nil {
		return fmt.Errorf("write pcap record: %w", err)
	}
	if _, err := w.w.Write(data); err != nil {
		return fmt.Errorf("write pcap record: %w", err)
	}
	return nil
}
