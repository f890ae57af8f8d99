package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// fuzzRead reads data as a capture twice, one by one and in batches. Both must end,
// give the same segments and account for every frame.
func fuzzRead(t *testing.T, data []byte) {
	defer inTime(t, data)()
	one, c1 := drain(t, data, 1)
	many, c2 := drain(t, data, 7)
	if len(one) != len(many) || c1 != c2 {
		t.Fatalf("one by one %d segments, %+v; in batches %d, %+v", len(one), c1, len(many), c2)
	}
	for i := range one {
		if one[i] != many[i] {
			t.Fatalf("segment %d: one by one %+v, in batches %+v", i, one[i], many[i])
		}
	}
}

// inTime returns a function that fails the test if it is called too late.
func inTime(t *testing.T, data []byte) func() {
	begin := time.Now()
	return func() {
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("took %v for %d bytes", d, len(data))
		}
	}
}

func drain(t *testing.T, data []byte, size int) (segs []Segment, c Counters) {
	r, err := NewReader(bytes.NewReader(data), "fuzz")
	if err != nil {
		return nil, c
	}
	defer r.Close()
	r.format.firstTime() // must have no effect
	dst := make([]Segment, size)
	last := uint64(0)
	for damaged := false; ; {
		n, err := r.NextBatch(dst)
		for _, s := range dst[:n] {
			if s.Frame <= last || s.SACKCount > 2 {
				t.Fatalf("impossible segment %+v after frame %d", s, last)
			}
			last = s.Frame
		}
		segs = append(segs, dst[:n]...)
		if c = r.Counters(); !c.Balanced() || c.Segments != uint64(len(segs)) {
			t.Fatalf("%d segments, counters %+v", len(segs), c)
		}
		if err == io.EOF {
			return segs, c
		}
		if d := (*DamageError)(nil); err != nil {
			if !errors.As(err, &d) || damaged || d.Offset < 0 {
				t.Fatalf("unexpected error %v", err)
			}
			damaged = true
		}
	}
}

// addFiles seeds a fuzz target with the files that match the patterns.
func addFiles(f *testing.F, patterns ...string) {
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("%s: no such files: %v", pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
}

const labDir = "../analyze/testdata/lab/"

func FuzzPcap(f *testing.F) {
	addFiles(f, labDir+"midstream/capture.pcap", labDir+"made-stale-ack/capture.pcap", "testdata/made/link-type-000.pcap",
		"testdata/made/cut-in-first-packet.pcap", "testdata/made/nanoseconds*.pcap", "testdata/made/modified.pcap",
		"testdata/made/record-too-long.pcap", "testdata/made/fragments.pcap", "testdata/made/gzip.pcap.gz")
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, data) })
}

func FuzzPcapng(f *testing.F) {
	addFiles(f, "testdata/made/*.pcapng")
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= 4 {
			copy(data, "\x0a\x0d\x0d\x0a")
		}
		fuzzRead(t, data)
	})
}

// FuzzRecords reads snoop, Network Monitor and ERF files.
func FuzzRecords(f *testing.F) {
	addFiles(f, "testdata/made/*.snoop", "testdata/made/*.cap", "testdata/made/*.erf")
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, data) })
}

func FuzzText(f *testing.F) {
	const line = "11:52:35.907381 IP 127.0.0.1.40846 > 127.0.0.1.3000: Flags [P.], seq 1:11, ack 2, win 9, " +
		"options [mss 65495,sackOK,TS val 7 ecr 0,nop,wscale 7,sack 1 {1:2}], length 10\n"
	f.Add([]byte(line))
	f.Add([]byte("2018-12-17 " + line + "2018-12-17 23:59:59.1 IP6 ::1 > ::2: HBH 1 > 2: Flags [S], seq 4, win 5, length 0\n"))
	f.Add([]byte("1545018755.9 IP (tos 0x0, ttl 63, id 8, offset 0, flags [+], proto TCP (6), length 60)\n" +
		"    192.0.2.1.1000 > 192.0.2.2.2000: Flags [.], seq 1:21, ack 2, win 3, length 20\n"))
	f.Add([]byte("-08:39:45.354043 IP 10.0.0.1 > 10.0.0.2: ICMP echo request\n3 packets dropped by kernel\n" + line))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, data) })
}

// FuzzDecode decodes a frame and compares the fast path with the slow one.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{labDir + "veth-bigtcp6/capture.pcap", labDir + "flood-any/capture.pcap",
		labDir + "gvisor-sender/capture.pcap", "../analyze/testdata/seed-flood.pcap"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		le := binary.LittleEndian
		link := uint16(le.Uint32(b[20:]))
		for b, n := b[24:], 0; len(b) >= 16 && n < 8; n++ {
			size := int(le.Uint32(b[8:]))
			f.Add(link, b[16:16+size], uint16(le.Uint32(b[12:])-uint32(size)))
			b = b[16+size:]
		}
	}
	for link, known := range linkTypes {
		if known.read == nil {
			continue
		}
		f.Add(uint16(link), bytes.Repeat([]byte{0x45, 0, 0, 0, 6, 6, 0x11}, 12), uint16(5))
	}
	f.Fuzz(func(t *testing.T, link uint16, data []byte, more uint16) {
		wire := len(data) + int(more)
		var fastPath, slowPath Decoder
		var s1, s2 Segment
		skip1 := fastPath.Decode(LinkType(link), data, wire, &s1)
		slowPath.c.Frames++
		skip2 := slowPath.decode(LinkType(link), data, wire, &s2)
		if skip1 != skip2 || skip1 == Kept && s1 != s2 || fastPath.c != slowPath.c {
			t.Errorf("fast path: %v %+v %+v\nslow path: %v %+v %+v", skip1, s1, fastPath.c, skip2, s2, slowPath.c)
		}
		if !fastPath.c.Balanced() {
			t.Errorf("counters: %+v", fastPath.c)
		}
	})
}
