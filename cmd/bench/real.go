//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"winwatch/capture"
)

// realKinds are real captures of different kinds, from the testdata of analyze. The
// bench runs in the root of the module.
var realKinds = []struct{ kind, dir string }{
	{"bulk-loss", "network-limited-loss"},
	{"stall-loss", "loss5-stall"},
	{"requests", "app-limited"},
	{"big-tcp-ipv6", "veth-bigtcp6"},
}

// A realCapture repeats a real capture until it is long enough to measure.
type realCapture struct {
	kind, name string
	packets    int
}

// realCaptures generates the real captures that do not exist yet.
func (o *options) realCaptures() (all []realCapture, err error) {
	for _, k := range realKinds {
		name := filepath.Join("analyze", "testdata", "lab", k.dir, "capture.pcap")
		c, err := readRecords(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		copies := max(o.packets/5/len(c.records), 1)
		real := realCapture{k.kind, filepath.Join(o.dir, fmt.Sprintf("%s-%d-copies.pcap", k.kind, copies)), copies * len(c.records)}
		if err := o.makeFile(real.name, func(w io.Writer) error { return c.repeat(w, copies) }); err != nil {
			return nil, err
		}
		all = append(all, real)
	}
	return all, nil
}

// records are the frames of a capture.
type records struct {
	link    capture.LinkType
	records []record
}

type record struct {
	data    []byte
	wireLen int
	time    int64
}

// readRecords reads a little-endian pcap file with microseconds.
func readRecords(name string) (c records, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return c, err
	}
	le := binary.LittleEndian
	if len(b) < 24 || le.Uint32(b) != 0xa1b2c3d4 {
		return c, errors.New("not a little-endian pcap file with microseconds")
	}
	c.link = capture.LinkType(le.Uint32(b[20:]))
	for b = b[24:]; len(b) >= 16; {
		end := 16 + int(le.Uint32(b[8:]))
		if end > len(b) {
			return c, io.ErrUnexpectedEOF
		}
		c.records = append(c.records, record{b[16:end], int(le.Uint32(b[12:])),
			int64(le.Uint32(b))*1e9 + int64(le.Uint32(b[4:]))*1000})
		b = b[end:]
	}
	return c, nil
}

// repeat writes the given number of copies of the capture, one after another. Each
// copy has different addresses, so its connections are new ones.
func (c *records) repeat(w io.Writer, copies int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	p, err := capture.NewWriter(out, c.link, 0)
	if err != nil {
		return err
	}
	begin, end := c.records[0].time, c.records[len(c.records)-1].time
	for n := range copies {
		for _, r := range c.records {
			c.readdress(r.data, n)
			if err := p.WriteFrame(r.time+int64(n)*(end-begin+1e6), r.data, r.wireLen); err != nil {
				return err
			}
			c.readdress(r.data, n)
		}
	}
	return out.Flush()
}

// readdress changes both IP addresses of a frame in the same way. A second call
// restores them.
func (c *records) readdress(b []byte, n int) {
	head := 14
	if c.link == capture.LinkSLL {
		head = 16
	}
	at := []int{head + 12, head + 16} // IPv4
	if len(b) > head && b[head]>>4 == 6 {
		at = []int{head + 8, head + 24}
	}
	for _, i := range at {
		if i+4 <= len(b) {
			b[i+1] ^= byte(n >> 8)
			b[i+2] ^= byte(n)
		}
	}
}
