package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// readAll reads segments until io.EOF and returns the damage, if any.
func readAll(t testing.TB, r interface {
	Next(*capture.Segment) error
	Counters() capture.Counters
}) (segs []capture.Segment, damage *capture.DamageError) {
	t.Helper()
	for {
		var s capture.Segment
		switch err := r.Next(&s); {
		case err == nil:
			segs = append(segs, s)
		case err == io.EOF:
			if c := r.Counters(); !c.Balanced() || int(c.Segments) != len(segs) {
				t.Errorf("%d segments, but the counters say %+v", len(segs), c)
			}
			return segs, damage
		case errors.As(err, &damage):
		default:
			t.Fatal(err)
		}
	}
}

// read reads a capture given as bytes.
func read(t testing.TB, file []byte) ([]capture.Segment, *capture.DamageError) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return readAll(t, r)
}

func TestPcapVariants(t *testing.T) {
	frame := join(ether(0x0800), ipv4(6, 23), tcp(), []byte("abc"))
	const micro, nano, modified = 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34
	tests := []struct {
		name  string
		order binary.AppendByteOrder
		magic uint32
		link  uint32
		extra int
		frac  uint32
		want  int64
	}{
		{"micro, little", le, micro, 1, 0, 5, 1_500_000_003_000_005_000},
		{"micro, big", be, micro, 1, 0, 5, 1_500_000_003_000_005_000},
		{"nano, little", le, nano, 1, 0, 5, 1_500_000_003_000_000_005},
		{"nano, big", be, nano, 1, 0, 5, 1_500_000_003_000_000_005},
		{"modified, little", le, modified, 1, 8, 5, 1_500_000_003_000_005_000},
		{"modified, big", be, modified, 1, 8, 5, 1_500_000_003_000_005_000},
		{"modified without its magic", le, micro, 1, 8, 5, 1_500_000_003_000_005_000},
		{"Nokia", be, micro, 1, 4, 5, 1_500_000_003_000_005_000},
		{"checksum length in the link type", le, micro, 1 | 1<<26 | 2<<28, 0, 5, 1_500_000_003_000_005_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := frame
			if tt.link>>28 == 2 {
				f = join(frame, []byte("FCS."))
			}
			times := [][2]uint32{{1_500_000_003, tt.frac}, {1_500_000_004, 0}, {0xffffffff, 999}}
			segs, damage := read(t, pcapFile(tt.order, tt.magic, tt.link, tt.extra, times, f, f, f))
			if damage != nil || len(segs) != 3 {
				t.Fatalf("%d segments, %v", len(segs), damage)
			}
			s := segs[0]
			if s.Time != tt.want || s.Frame != 1 || s.Len != 3 || s.SrcPort != 1000 {
				t.Errorf("got %v at %d, want time %d", &s, s.Time, tt.want)
			}
			if segs[2].Time/1e9 != 0xffffffff || segs[2].Frame != 3 {
				t.Errorf("got %v at %d", &segs[2], segs[2].Time)
			}
		})
	}
}

// TestPcapOldLengths reads a file of version 2.3, where the lengths may be swapped.
func TestPcapOldLengths(t *testing.T) {
	frame := join(ether(0x0800), ipv4(6, 120), tcp())
	file := pcapFile(le, 0xa1b2c3d4, 1, 0, [][2]uint32{{1, 0}}, frame)
	file[6] = 3
	le.PutUint32(file[24+8:], uint32(len(frame)+100))
	segs, damage := read(t, file)
	if len(segs) != 1 || damage != nil || segs[0].Len != 100 {
		t.Errorf("got %v, %v", segs, damage)
	}
}

func TestPcapng(t *testing.T) {
	frame := join(ether(0x0800), ipv4(6, 20), tcp())
	raw := frame[14:]
	f := &ng{order: le}
	f.section()
	f.block(0x7777, []byte("unknown block"))
	f.block(0x0bad, []byte("custom block"))                                         // counts as a frame, like in Wireshark
	f.iface(1, 0, f.option(9, 9))                                                   // nanoseconds
	f.iface(101, 0, f.option(2, 'e', 't', 'h'), f.option(9, 0x80|10))               // 2^-10 s
	f.iface(1, 0, f.option(9, 3), f.option(14, 100, 0, 0, 0, 0, 0, 0, 0), f.u32(0)) // ms, 100 s later
	f.enhanced(0, 7, frame)
	f.enhanced(1, 1536, raw)
	f.enhanced(2, 1234, frame)
	f.enhanced(9, 0, frame)                                                                              // no such interface
	f.block(2, f.u16(2, 0), f.u32(0, 5, uint32(len(frame)), uint32(len(frame))), frame)                  // obsolete
	f.block(3, f.u32(uint32(len(frame))), frame)                                                         // simple
	f.block(5, f.u32(0, 0, 0), f.option(5, 3, 0, 0, 0, 0, 0, 0, 0), f.option(7, 4, 0, 0, 0, 0, 0, 0, 0)) // dropped: 3 and 4
	f.block(5, f.u32(0, 0, 0), f.option(5, 9, 0, 0, 0, 0, 0, 0, 0), f.option(7, 4, 0, 0, 0, 0, 0, 0, 0))
	f.order = be
	f.section()
	f.iface(1, 60, f.option(13, 4)) // frame check sequence
	f.enhanced(0, 2_000_001, join(frame, []byte("FCS.")))

	r, err := capture.NewReader(iotest.OneByteReader(bytes.NewReader(f.out)), "test")
	if err != nil {
		t.Fatal(err)
	}
	segs, damage := readAll(t, r)
	if damage != nil {
		t.Fatal(damage)
	}
	want := []struct {
		frame uint64
		time  int64
	}{{2, 7}, {3, 1_500_000_000}, {4, 101_234_000_000}, {6, 100_005_000_000}, {7, 0}, {8, 2_000_001_000}}
	if len(segs) != len(want) {
		t.Fatalf("got %d segments, want %d", len(segs), len(want))
	}
	for i, w := range want {
		if s := segs[i]; s.Frame != w.frame || s.Time != w.time || s.Len != 0 || s.DstPort != 2000 {
			t.Errorf("got %v at %d, want frame %d at %d", &s, s.Time, w.frame, w.time)
		}
	}
	c := r.Counters()
	if c.Skipped[capture.NoInterface] != 1 || c.Noted[capture.NoTime] != 1 || c.Noted[capture.InterfaceDrops] != 9 || c.Noted[capture.KernelDrops] != 4 {
		t.Errorf("counters: %+v", c)
	}
}

func TestSimplePacketSnaplen(t *testing.T) {
	frame := join(ether(0x0800), ipv4(6, 120), tcp())
	f := &ng{order: le}
	f.section().iface(1, 54).block(3, f.u32(154), frame, []byte("padding!"))
	segs, damage := read(t, f.out)
	if len(segs) != 1 || damage != nil || segs[0].Len != 100 {
		t.Errorf("got %v, %v", segs, damage)
	}
}

func TestDamage(t *testing.T) {
	frame := join(ether(0x0800), ipv4(6, 20), tcp())
	pcap := pcapFile(le, 0xa1b2c3d4, 1, 0, [][2]uint32{{1, 0}, {2, 0}}, frame, frame)
	second := int64(24 + 16 + len(frame))
	huge := bytes.Clone(pcap)
	le.PutUint32(huge[second+8:], 4_000_000_000)
	f := &ng{order: le}
	f.section().iface(1, 0)
	before := int64(len(f.out))
	f.enhanced(0, 1, frame)
	mid := int64(len(f.out))
	f.enhanced(0, 2, frame)
	change := func(file []byte, at int64, v uint32) []byte {
		file = bytes.Clone(file)
		le.PutUint32(file[at:], v)
		return file
	}
	many := &ng{order: le}
	many.section()
	for range 1<<16 + 1 {
		many.iface(1, 0)
	}
	tests := []struct {
		name   string
		file   []byte
		segs   int
		offset int64
		frame  uint64
		reason string
	}{
		{"pcap: in a record header", pcap[:second+3], 1, second, 2, "record header"},
		{"pcap: in mid-packet", pcap[:len(pcap)-1], 1, second, 2, "mid-packet"},
		{"pcap: absurd length", huge, 1, second, 2, "4000000000"},
		{"pcapng: in a block header", f.out[:mid+5], 1, mid, 2, "block header"},
		{"pcapng: in mid-block", f.out[:len(f.out)-1], 1, mid, 2, "mid-block"},
		{"pcapng: block length 0", change(f.out, mid+4, 0), 1, mid, 2, "block length 0"},
		{"pcapng: lengths differ", change(f.out, mid-4, 4), 0, before, 1, "differ"},
		{"pcapng: packet longer than block", change(f.out, mid+20, 200), 1, mid, 2, "packet of 200 bytes"},
		{"pcapng: absurd block", change(f.out, mid+4, 0xfffffff0), 1, mid, 2, "4294967280"},
		{"pcapng: absurd unknown block", change(change(f.out, mid, 77), mid+4, 0xfffffff0), 1, mid, 2, "cut off"},
		{"pcapng: section without magic", change(change(f.out, mid, 0x0a0d0d0a), mid+8, 5), 1, mid, 2, "magic"},
		{"pcapng: interfaces without end", many.out, 0, int64(len(many.out) - 20), 1, "65536 interfaces"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			segs, d := read(t, tt.file)
			if d == nil {
				t.Fatalf("no damage reported, %d segments", len(segs))
			}
			if len(segs) != tt.segs || d.Offset != tt.offset || d.Frame != tt.frame || d.Name != "test" || !strings.Contains(d.Error(), tt.reason) {
				t.Errorf("%d segments, offset %d, frame %d, %v; want %d, %d, %d, %q",
					len(segs), d.Offset, d.Frame, d, tt.segs, tt.offset, tt.frame, tt.reason)
			}
		})
	}
}

// TestLargestPacket checks that every kind of block accepts packets of MaxCaptured
// bytes and no more.
func TestLargestPacket(t *testing.T) {
	for _, over := range []int{0, 4} {
		n := capture.MaxCaptured + over
		data := join(ether(0x0800), ipv4(6, 20), tcp())
		data = append(data, make([]byte, n-len(data))...)
		size := uint32(n)
		for name, block := range map[string]func(*ng){
			"enhanced": func(f *ng) { f.enhanced(0, 1, data) },
			"obsolete": func(f *ng) { f.block(2, f.u16(0, 0), f.u32(0, 5, size, size), data) },
			"simple":   func(f *ng) { f.block(3, f.u32(size), data) },
		} {
			f := &ng{order: le}
			f.section().iface(1, 0)
			block(f)
			segs, damage := read(t, f.out)
			if over == 0 && (damage != nil || len(segs) != 1) {
				t.Errorf("%s of %d bytes: %d segments, %v", name, n, len(segs), damage)
			}
			if over > 0 && (damage == nil || damage.Frame != 1 || !strings.Contains(damage.Error(), "over 1048576 bytes")) {
				t.Errorf("%s of %d bytes: %d segments, %v", name, n, len(segs), damage)
			}
		}
	}
}

func TestReadErrorIsDamage(t *testing.T) {
	frame := join(ether(0x0800), ipv4(6, 20), tcp())
	pcap := pcapFile(le, 0xa1b2c3d4, 1, 0, [][2]uint32{{1, 0}}, frame)
	r, err := capture.NewReader(io.MultiReader(bytes.NewReader(pcap), iotest.ErrReader(fs.ErrClosed)), "test")
	if err != nil {
		t.Fatal(err)
	}
	if segs, d := readAll(t, r); len(segs) != 1 || !errors.Is(d, fs.ErrClosed) {
		t.Errorf("%d segments, %v", len(segs), d)
	}
}

func compress(t *testing.T, file []byte, w io.WriteCloser, buf *bytes.Buffer) []byte {
	t.Helper()
	if _, err := w.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestCompressed(t *testing.T) {
	plain := capturetest.Pcap(t, strings.Repeat("+0.001 C > S P. len 100\n+0 S > C .\n", 5000))
	var gz, zs bytes.Buffer
	zw, err := zstd.NewWriter(&zs)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := read(t, plain)
	for name, file := range map[string][]byte{
		"gzip": compress(t, plain, gzip.NewWriter(&gz), &gz),
		"zstd": compress(t, plain, zw, &zs),
	} {
		t.Run(name, func(t *testing.T) {
			got, damage := read(t, file)
			if damage != nil || len(got) != len(want) || got[9999] != want[9999] {
				t.Errorf("%d segments, want %d; %v", len(got), len(want), damage)
			}
			got, damage = read(t, file[:len(file)/2])
			if damage == nil || len(got) == 0 && name == "gzip" || len(got) >= len(want) {
				t.Errorf("cut file: %d segments, %v", len(got), damage)
			}
		})
	}
}

// TestDecompressionBombs checks that content too large for memory is refused or
// streamed.
func TestDecompressionBombs(t *testing.T) {
	window := []byte("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00") // asks for 2 GiB
	if _, err := capture.NewReader(bytes.NewReader(window), "test"); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("window of 2 GiB: %v", err)
	}
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	if _, err := w.Write(pcapFile(le, 0xa1b2c3d4, 1, 0, nil)); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20) // frames of 0 bytes
	segs, damage := read(t, compress(t, bytes.Repeat(zeros, 32), w, &gz))
	if len(segs) != 0 || damage != nil {
		t.Errorf("%d segments, %v", len(segs), damage)
	}
	gz.Reset()
	zeros[0] = 'x'
	file := compress(t, bytes.Repeat(zeros, 32), gzip.NewWriter(&gz), &gz)
	if _, err := capture.NewReader(bytes.NewReader(file), "test"); !errors.Is(err, capture.ErrNotCapture) {
		t.Errorf("zeros: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var gz bytes.Buffer
	compress(t, nil, gzip.NewWriter(&gz), &gz)
	tests := []struct {
		path string
		want error
		text string
	}{
		{filepath.Join(dir, "none"), fs.ErrNotExist, "none"},
		{dir, capture.ErrIsDirectory, dir},
		{file("empty", ""), capture.ErrEmpty, "empty"},
		{file("empty.gz", gz.String()), capture.ErrEmpty, "decompression"},
		{file("text", "hello\nworld\n"), capture.ErrNotCapture, "none of the formats"},
		{file("short", "\x0a"), capture.ErrNotCapture, "none of the formats"},
		{file("nettl", "TR\x00\x64\x00"), capture.ErrNotCapture, "nettl"},
		{file("half.netmon", "GMBU...."), io.ErrUnexpectedEOF, "file header"},
		{file("half.snoop", "snoop\x00\x00\x00\x00"), io.ErrUnexpectedEOF, "file header"},
		{file("half", "\xd4\xc3\xb2\xa1\x02\x00"), io.ErrUnexpectedEOF, "byte 0"},
		{file("half.gz", "\x1f\x8b\x08"), io.ErrUnexpectedEOF, "gzip"},
		{file("half.bz2", "BZh91AY&SY"), io.ErrUnexpectedEOF, "byte 10"},
		{file("half.xz", "\xfd7zXZ\x00\x00"), io.ErrUnexpectedEOF, "xz"},
		{file("half.lz4", "\x04\x22\x4d\x18"), io.ErrUnexpectedEOF, "byte 4"},
		{file("half.pcapng", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00"), io.ErrUnexpectedEOF, "section header"},
	}
	for _, tt := range tests {
		r, err := capture.Open(tt.path)
		if err == nil {
			r.Close()
		}
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), filepath.Base(tt.path)) {
			t.Errorf("Open(%s): %v; want %v with %q and the name", tt.path, err, tt.want, tt.text)
		}
	}
}

func TestNoFrames(t *testing.T) {
	segs, damage := read(t, pcapFile(le, 0xa1b2c3d4, 1, 0, nil))
	if len(segs) != 0 || damage != nil {
		t.Errorf("got %v, %v", segs, damage)
	}
}

func TestNextDoesNotAllocate(t *testing.T) {
	r, err := capture.NewReader(bytes.NewReader(benchPcap(t, 20_000)), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var s capture.Segment
	next := func() {
		if err := r.Next(&s); err != nil {
			t.Fatal(err)
		}
	}
	for range 5000 {
		next() // past the growth of the buffer
	}
	if n := testing.AllocsPerRun(10_000, next); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

// TestBatchSizes reads the same file in batches of several sizes, from inputs that
// return much or little at a time.
func TestBatchSizes(t *testing.T) {
	file := capturetest.Pcap(t, "0 C > S S frame 3\n1 S > C S. frame 4\n2 C > S . frame 9\n3 C > S P. len 5")
	want, _ := read(t, file)
	for size := 1; size < 6; size++ {
		for name, in := range map[string]io.Reader{
			"whole": bytes.NewReader(file), "bytes": iotest.OneByteReader(bytes.NewReader(file)),
			"error with data": iotest.DataErrReader(bytes.NewReader(file)),
		} {
			r, err := capture.NewReader(in, "test")
			if err != nil {
				t.Fatal(err)
			}
			var got []capture.Segment
			dst := make([]capture.Segment, size)
			for err == nil {
				var n int
				n, err = r.NextBatch(dst)
				if err == nil && n == 0 {
					t.Fatalf("%s, size %d: neither a segment nor an error", name, size)
				}
				got = append(got, dst[:n]...)
			}
			if err != io.EOF || len(got) != len(want) || got[3] != want[3] {
				t.Errorf("%s, size %d: got %v, %v; want %v", name, size, got, err, want)
			}
		}
	}
}

// TestSegmentIsSmall checks that a Segment fits two cache lines.
func TestSegmentIsSmall(t *testing.T) {
	if size := reflect.TypeFor[capture.Segment]().Size(); size > 128 {
		t.Errorf("%d bytes", size)
	}
}

// TestNextBatchDoesNotWait checks that buffered segments are delivered before more
// input is read.
func TestNextBatchDoesNotWait(t *testing.T) {
	file := capturetest.Pcap(t, "0 C > S S\n1 S > C S.\n2 C > S .")
	r, err := capture.NewReader(io.MultiReader(bytes.NewReader(file), iotest.ErrReader(errors.New("asked for more"))), "test")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.NextBatch(make([]capture.Segment, 5)); n != 3 || err != nil {
		t.Errorf("%d segments, %v", n, err)
	}
}
