//go:build linux

package main

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"

	"winwatch/capture/capturetest"
)

// files are the names of the captures, "" for those that are left out.
type files struct {
	main, pcapng, gzip, zstd             string
	short                                string // a shorter main, for tshark
	many, crowd, long, tiny              string
	manyPackets, shortPackets, manyConns int
	real                                 []realCapture
}

// frameBytes is the approximate size of a packet in a file.
const frameBytes = 102

// shortPackets is the number of packets in the capture for tshark.
const shortPackets = 200_000

// captures generates the captures that do not exist yet.
func (o *options) captures() (f files, err error) {
	main := capturetest.Traffic{Packets: o.packets, Conns: o.conns, Seed: o.seed}
	short := capturetest.Traffic{Packets: min(shortPackets, o.packets), Conns: min(o.conns, shortPackets/capturetest.MinPackets), Seed: o.seed}
	many := capturetest.Traffic{Packets: 2 * o.packets, Conns: 2 * o.packets / 10, Open: 10_000, Seed: o.seed}
	crowd := many
	crowd.Open = 0
	f.shortPackets, f.manyPackets, f.manyConns = short.Packets, many.Packets, many.Conns
	kind := fingerprint(o.seed)
	make := func(t capturetest.Traffic, suffix string, write func(io.Writer) error) string {
		if err != nil {
			return ""
		}
		name := fmt.Sprintf("%d-packets-%d-conns-%d-open-%s.%s", t.Packets, t.Conns, t.Open, kind, suffix)
		name = filepath.Join(o.dir, name)
		err = o.makeFile(name, write)
		return name
	}
	f.main = make(main, "pcap", main.WritePcap)
	f.pcapng = make(main, "pcapng", main.WritePcapng)
	f.gzip = make(main, "pcap.gz", compressed(main, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }))
	f.zstd = make(main, "pcap.zst", compressed(main, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }))
	f.short = make(short, "pcap", short.WritePcap)
	f.many = make(many, "pcap", many.WritePcap)
	f.crowd = make(crowd, "pcap", crowd.WritePcap)
	tiny := capturetest.Traffic{Packets: capturetest.MinPackets, Conns: 1, Seed: o.seed}
	f.tiny = make(tiny, "pcap", tiny.WritePcap)
	if o.long > 0 {
		long := main
		long.Packets *= o.long
		if room := freeBytes(o.dir); room < int64(long.Packets)*frameBytes*2 {
			fmt.Fprintf(os.Stderr, "bench: %s: not enough space for the capture of %d packets; leaving it out\n", o.dir, long.Packets)
		} else {
			f.long = make(long, "pcap", long.WritePcap)
		}
	}
	if err == nil {
		f.real, err = o.realCaptures()
	}
	return f, err
}

// fingerprint identifies the seed and the version of the generator.
func fingerprint(seed uint64) string {
	sum := crc32.NewIEEE()
	capturetest.Traffic{Packets: 10_000, Conns: 300, Seed: seed}.WritePcap(sum) // writing to a hash never fails
	return fmt.Sprintf("%08x", sum.Sum32())
}

// compressed returns a function that writes the traffic as a compressed pcap file.
func compressed(t capturetest.Traffic, compress func(io.Writer) (io.WriteCloser, error)) func(io.Writer) error {
	return func(w io.Writer) error {
		z, err := compress(w)
		if err != nil {
			return err
		}
		return errors.Join(t.WritePcap(z), z.Close())
	}
}

// makeFile writes a file unless it exists. An existing file is always complete.
func (o *options) makeFile(name string, write func(io.Writer) error) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	fmt.Fprintln(os.Stderr, "bench: writing", name)
	o.wrote = true
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.Rename(f.Name(), name)
}

// freeBytes returns the free space in a folder, 0 if unknown.
func freeBytes(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Bavail) * s.Bsize
}
