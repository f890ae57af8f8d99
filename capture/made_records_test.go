package capture_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"winwatch/capture"
)

// madeRecords are valid files in the formats that are sequences of records.
var madeRecords = []madeFile{
	{"snoop", ".snoop", 10, "", func(tb testing.TB) []byte { return madeSnoop(tb, 0) }},
	{"shomiti", ".snoop", 10, "", func(tb testing.TB) []byte { return madeSnoop(tb, 16) }}, // gigabit Ethernet
	{"netmon-1", ".cap", 10, "", madeNetmonFile(0x100)},
	{"netmon-2.0", ".cap", 10, "", madeNetmonFile(0x200)},
	{"netmon-2.1", ".cap", 10, "", madeNetmonFile(0x201)},
	{"netmon-2.2", ".cap", 10, "", madeNetmonFile(0x202)},
	{"netmon-2.3", ".cap", 10, "", madeNetmonFile(0x203)},
	{"netmon-other-media", ".cap", 3, "", madeNetmonMedia},
	{"netmon-empty", ".cap", 0, "", func(testing.TB) []byte { return netmon(0x200, nil, nil) }},
	{"extensible-record-format", ".erf", 10, "", madeERF},
	{"suse", ".pcap", 10, "", talkIn(le, 0xa1b2cd34, 12)}, // the older record headers of SuSE 6.3
}

// madeSnoop is a connection in a snoop file, or with padding after each packet in
// one of Shomiti's. Two packets were lost before the fifth.
func madeSnoop(tb testing.TB, padding int) []byte {
	b := []byte("snoop\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x04")
	if padding > 0 {
		b[15] = 12
	}
	for i, f := range etherTalk(tb) {
		if padding > 0 {
			f = join(f, []byte("FCS."))
		}
		size, drops := uint32(len(f)), uint32(0)
		if i >= 4 {
			drops = 2
		}
		for _, n := range []uint32{size, size, 24 + size + uint32(padding), drops, 1_700_000_000, uint32(i) * 1000} {
			b = be.AppendUint32(b, n)
		}
		b = join(b, f, make([]byte, padding))
	}
	return b
}

// A netmonFrame is a frame of a Network Monitor file, with its media type.
type netmonFrame struct {
	media uint16
	data  []byte
}

// netmon is a Network Monitor file of the given version that begins at
// 2023-11-14 22:13:20.007, with one frame per millisecond. more is put between the
// frames and the frame table.
func netmon(version uint16, more []byte, frames []netmonFrame) []byte {
	magic := "GMBU"
	if version < 0x200 {
		magic = "RTSS"
	}
	b := le.AppendUint16([]byte(magic), version)
	for _, n := range []uint16{1, 2023, 11, 2, 14, 22, 13, 20, 7} {
		b = le.AppendUint16(b, n)
	}
	b = append(b, make([]byte, 128-len(b))...)
	var table []byte
	for i, f := range frames {
		table = le.AppendUint32(table, uint32(len(b)))
		size := len(f.data)
		if version < 0x200 {
			b = le.AppendUint32(b, uint32(i))
			b = le.AppendUint16(le.AppendUint16(b, uint16(size)), uint16(size))
		} else {
			b = le.AppendUint64(b, uint64(i)*1000)
			b = le.AppendUint32(le.AppendUint32(b, uint32(size)), uint32(size))
		}
		b = append(b, f.data...)
		if version > 0x200 {
			b = le.AppendUint16(b, f.media)
		}
		if version > 0x201 {
			b = le.AppendUint32(b, 0xffffffff)
		}
		if version > 0x202 {
			b = append(le.AppendUint64(b, 116_444_736_000_000_000+17_000_000_000_070_000+uint64(i)*10_000), 0)
		}
	}
	if len(more) > 0 {
		le.PutUint32(b[40:], uint32(len(b))) // comments
		b = append(b, more...)
	}
	le.PutUint32(b[24:], uint32(len(b)))
	le.PutUint32(b[28:], uint32(len(table)))
	return append(b, table...)
}

// madeNetmon is a connection in a Network Monitor file, and where its frames end.
func madeNetmon(tb testing.TB, version uint16) ([]byte, int) {
	var frames []netmonFrame
	for _, f := range etherTalk(tb) {
		frames = append(frames, netmonFrame{1, f})
	}
	b := netmon(version, nil, frames)
	return b, len(b) - 4*len(frames)
}

func madeNetmonFile(version uint16) func(testing.TB) []byte {
	return func(tb testing.TB) []byte {
		b, _ := madeNetmon(tb, version)
		return b
	}
}

// madeNetmonMedia has frames of other media than Ethernet, records that are not
// frames, and something else than frames before the frame table.
func madeNetmonMedia(tb testing.TB) []byte {
	p := talk(tb, false, 40000)
	wlanHeader := join([]byte{2, 32, 0}, make([]byte, 29))
	return netmon(0x203, []byte("comments"), []netmonFrame{
		{0xfffd, []byte("networks")},
		{9, p[0]},
		{0xffff, []byte("a filter")},
		{6, join(wlanHeader, wlanData, snap, p[1])},
		{0xe000 + 113, join(make([]byte, 14), []byte{8, 0}, p[2])},
		{0xfffe, []byte("names")},
	})
}

// madeERF is a connection in ERF, with records of several types and a padding record.
func madeERF(tb testing.TB) (b []byte) {
	for i, p := range talk(tb, false, 40000) {
		ways := []wrapper{
			inside(inERF(2, 0, 0), inEther(0x0800), before([]byte("FCS."))),
			inside(inERF(11|0x80, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0), inEther(0x0800)),
			inside(inERF(1), after([]byte{0xff, 3, 0, 0x21})),
			inside(inERF(22), before(make([]byte, 3))),
		}
		r := ways[i%len(ways)](p)
		le.PutUint64(r, 1_700_000_000<<32+uint64(i)<<32/1000)
		b = append(b, r...)
		if i == 1 {
			b = append(b, inERF(48)(make([]byte, 16))...)
		}
	}
	return b
}

// TestRecordTimes checks the times, losses and frame numbers of formats other than
// pcap.
func TestRecordTimes(t *testing.T) {
	for _, tt := range []struct {
		name        string
		file        []byte
		first, next int64 // times of the first and the second segment
		frame       uint64
		lost        uint64
	}{
		{"snoop", madeSnoop(t, 0), 1_700_000_000_000_000_000, 1_700_000_000_001_000_000, 2, 2},
		{"netmon 1", madeNetmonFile(0x100)(t), 1_700_000_000_007_000_000, 1_700_000_000_008_000_000, 2, 0},
		{"netmon 2.0", madeNetmonFile(0x200)(t), 1_700_000_000_007_000_000, 1_700_000_000_008_000_000, 2, 0},
		{"netmon 2.3", madeNetmonFile(0x203)(t), 1_700_000_000_007_000_000, 1_700_000_000_008_000_000, 2, 0},
		{"netmon, other media", madeNetmonMedia(t), 1_700_000_000_008_000_000, 1_700_000_000_010_000_000, 3, 0},
		{"ERF", madeERF(t), 1_700_000_000_000_000_000, 1_700_000_000_001_000_000, 2, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t, tt.file)
			segs, damage := readAll(t, r)
			if damage != nil || len(segs) < 2 {
				t.Fatalf("%d segments, %v", len(segs), damage)
			}
			if segs[0].Time != tt.first || segs[1].Time != tt.next || segs[1].Frame != tt.frame {
				t.Errorf("at %d and %d, frame %d; want %d and %d, frame %d", segs[0].Time, segs[1].Time, segs[1].Frame, tt.first, tt.next, tt.frame)
			}
			if c := r.Counters(); c.Dropped() != tt.lost {
				t.Errorf("%d lost, want %d", c.Dropped(), tt.lost)
			}
		})
	}
}

// open opens a capture given as bytes.
func open(t *testing.T, file []byte) *capture.Reader {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestRecordsCut cuts files off at every byte. What is left must be read, and the
// error must say where it ends.
func TestRecordsCut(t *testing.T) {
	netmon1, _ := madeNetmon(t, 0x100)
	for name, file := range map[string][]byte{
		"snoop": madeSnoop(t, 0), "Shomiti": madeSnoop(t, 16), "netmon 1": netmon1, "netmon": madeNetmonMedia(t), "ERF": madeERF(t),
	} {
		want, _ := read(t, file)
		whole := 0 // cuts after which all that is left is whole records
		for n := range file {
			r, err := capture.NewReader(bytes.NewReader(file[:n]), name)
			if err != nil {
				continue
			}
			got, damage := readAll(t, r)
			r.Close()
			if damage == nil {
				whole++
			} else if damage.Offset > int64(n) || !errors.Is(damage, io.ErrUnexpectedEOF) {
				t.Errorf("%s, cut to %d bytes: %v", name, n, damage)
			}
			if !slices.Equal(got, want[:len(got)]) {
				t.Errorf("%s, cut to %d bytes: other segments", name, n)
			}
		}
		if whole > len(want)+1 {
			t.Errorf("%s: %d cuts were not noticed", name, whole)
		}
	}
}
