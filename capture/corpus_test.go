package capture_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"winwatch/capture"
)

// captures returns the files in testdata that can be opened, by name.
func captures(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir("testdata", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(path, "testdata/fuzz") && !strings.HasSuffix(path, ".md") {
			names = append(names, path)
		}
		return err
	})
	if err != nil || len(names) < 50 {
		t.Fatalf("%d captures in testdata: %v", len(names), err)
	}
	return names
}

// load reads a capture, or reports false if it is of a format that is not read.
func load(t *testing.T, name string) ([]capture.Segment, capture.Counters, bool) {
	t.Helper()
	r, err := capture.Open(name)
	damage := (*capture.DamageError)(nil)
	if errors.Is(err, capture.ErrNotCapture) || errors.As(err, &damage) {
		return nil, capture.Counters{}, false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	segs, _ := readAll(t, r) // which checks that the counters add up
	return segs, r.Counters(), true
}

// TestCapturesAddUp reads every capture in testdata: the counters must account
// for every frame, and Offset must end at the file's size unless it is damaged.
func TestCapturesAddUp(t *testing.T) {
	for _, name := range captures(t) {
		_, c, ok := load(t, name)
		if !ok {
			continue
		}
		if !c.Balanced() {
			t.Errorf("%s: %+v", name, c)
		}
		if c.Skipped[capture.BadLink]+c.Skipped[capture.BadIP] > 0 && !strings.Contains(name, "oobr") && !strings.Contains(name, "crash") {
			t.Errorf("%s: malformed frames in a sound capture: %+v", name, c)
		}
	}
}

// TestGopacketAgrees decodes every frame of the captures with gopacket as well.
// Its known faults are stepped around: it reads the wire length wrong where IP's
// length is 0, loses TCP when options are cut, and has no SLL2.
func TestGopacketAgrees(t *testing.T) {
	compared := 0
	for _, name := range captures(t) {
		forEachPcapFrame(t, name, func(link uint32, frame uint64, data []byte, wire int) {
			var d capture.Decoder
			var s capture.Segment
			if d.Decode(capture.LinkType(link), data, wire, &s) != capture.Kept || len(data) < wire && s.Options.Has(capture.OptionsCut) {
				return
			}
			c := d.Counters()
			if s.Flags.NoTraffic() || s.Flags.Has(capture.Fragmented) || c.Noted[capture.LengthFromWire] > 0 {
				return
			}
			p := gopacket.NewPacket(data, layers.LinkType(link), gopacket.NoCopy)
			tcp, _ := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
			if tcp == nil || p.ErrorLayer() != nil && !p.Metadata().Truncated {
				return
			}
			compared++
			got := fmt.Sprint(s.SrcPort, s.DstPort, s.Seq, s.Ack, s.Window, s.Urgent, s.Flags&0x1ff)
			if want := gopacketTCP(tcp); got != want {
				t.Errorf("%s, frame %d: got %v, gopacket says %v", name, frame, got, want)
			}
			compareOptions(t, fmt.Sprintf("%s, frame %d", name, frame), &s, tcp)
		})
	}
	if compared < 500 {
		t.Errorf("only %d segments compared", compared)
	}
}

func gopacketTCP(tcp *layers.TCP) string {
	var f capture.Flags
	for i, set := range []bool{tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK, tcp.URG, tcp.ECE, tcp.CWR, tcp.NS} {
		if set {
			f |= 1 << i
		}
	}
	return fmt.Sprint(uint16(tcp.SrcPort), uint16(tcp.DstPort), tcp.Seq, tcp.Ack, tcp.Window, tcp.Urgent, f)
}

func compareOptions(t *testing.T, where string, s *capture.Segment, tcp *layers.TCP) {
	t.Helper()
	for _, o := range tcp.Options {
		var got, want any
		switch {
		case o.OptionType == layers.TCPOptionKindMSS && len(o.OptionData) == 2:
			got, want = s.MSS, be.Uint16(o.OptionData)
		case o.OptionType == layers.TCPOptionKindWindowScale && len(o.OptionData) == 1:
			got, want = s.WindowShift, o.OptionData[0]
		case o.OptionType == layers.TCPOptionKindTimestamps && len(o.OptionData) == 8:
			got, want = [2]uint32{s.TSVal, s.TSEcr}, [2]uint32{be.Uint32(o.OptionData), be.Uint32(o.OptionData[4:])}
		case o.OptionType == layers.TCPOptionKindSACK && len(o.OptionData) >= 8:
			got, want = s.SACK[0], capture.SACKBlock{Left: be.Uint32(o.OptionData), Right: be.Uint32(o.OptionData[4:])}
		case o.OptionType == layers.TCPOptionKindSACKPermitted:
			got, want = s.Options.Has(capture.HasSACKPermitted), true
		}
		if got != want {
			t.Errorf("%s: %v: got %v, gopacket says %v", where, o.OptionType, got, want)
		}
	}
}

// forEachPcapFrame walks a plain little-endian pcap of microseconds: simple
// enough to be right, and independent of the reader.
func forEachPcapFrame(t *testing.T, name string, f func(link uint32, frame uint64, data []byte, wire int)) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 24 || !bytes.HasPrefix(b, []byte{0xd4, 0xc3, 0xb2, 0xa1}) {
		return
	}
	link := le.Uint32(b[20:])
	if link == uint32(capture.LinkSLL2) {
		return
	}
	b = b[24:]
	for frame := uint64(1); len(b) >= 16; frame++ {
		size, wire := int(le.Uint32(b[8:])), int(le.Uint32(b[12:]))
		if size > len(b)-16 || size > wire {
			return
		}
		f(link, frame, b[16:16+size], wire)
		b = b[16+size:]
	}
}

// tsharkFields are what TestTsharkAgrees compares.
var tsharkFields = []string{
	"frame.number", "frame.time_epoch", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw",
	"tcp.len", "tcp.window_size_value", "tcp.flags", "ip.len", "ipv6.plen", "frame.len", "tcp.stream",
}

// TestTsharkAgrees compares every segment of the captures with tshark: which
// frames have a stream, and the fields of each. Differences are allowed only
// where tsharkDiffers says why. CAPTURE_DIR names another directory to compare.
func TestTsharkAgrees(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	names := captures(t)
	if dir := os.Getenv("CAPTURE_DIR"); dir != "" {
		names, _ = filepath.Glob(filepath.Join(dir, "*"))
	}
	var compared atomic.Int64
	t.Run("captures", func(t *testing.T) {
		for _, name := range names {
			if strings.HasSuffix(name, ".txt") {
				continue
			}
			t.Run(filepath.Base(name), func(t *testing.T) {
				t.Parallel()
				compared.Add(compareWithTshark(t, name))
			})
		}
	})
	if compared.Load() < 1000 {
		t.Errorf("only %d segments compared", compared.Load())
	}
}

// compareWithTshark compares one capture and returns how many segments it has.
func compareWithTshark(t *testing.T, name string) int64 {
	segs, _, ok := load(t, name)
	if !ok {
		return 0
	}
	rows := tshark(t, name)
	for i := range segs {
		s := &segs[i]
		row := rows[s.Frame]
		delete(rows, s.Frame)
		if row == nil {
			t.Errorf("%v: tshark has no stream", s)
			continue
		}
		compareRow(t, s, row)
	}
	for frame, row := range rows {
		t.Errorf("tshark has a stream in frame %d, we have none: %v", frame, row)
	}
	return int64(len(segs))
}

// tshark returns the fields of the frames that have a stream, of nested headers
// the innermost.
func tshark(t *testing.T, name string) map[uint64]map[string]string {
	t.Helper()
	args := []string{"-n", "-r", name, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
		"-T", "fields", "-E", "separator=;", "-E", "occurrence=l"}
	for _, f := range tsharkFields {
		args = append(args, "-e", f)
	}
	out, err := exec.Command("tshark", args...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) { // a damaged file ends it with 2
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(out))
	r.Comma = ';'
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[uint64]map[string]string{}
	for _, rec := range records {
		row := map[string]string{}
		for i, f := range tsharkFields {
			row[f] = rec[i]
		}
		if n, err := strconv.ParseUint(row["frame.number"], 10, 64); err == nil && row["tcp.stream"] != "" {
			rows[n] = row
		}
	}
	return rows
}

func compareRow(t *testing.T, s *capture.Segment, row map[string]string) {
	t.Helper()
	flags, _ := strconv.ParseUint(row["tcp.flags"], 0, 16)
	got := map[string]string{
		"frame.time_epoch":      fmt.Sprintf("%d.%09d", s.Time/1e9, s.Time%1e9),
		"tcp.srcport":           fmt.Sprint(s.SrcPort),
		"tcp.dstport":           fmt.Sprint(s.DstPort),
		"tcp.seq_raw":           fmt.Sprint(s.Seq),
		"tcp.ack_raw":           fmt.Sprint(s.Ack),
		"tcp.len":               fmt.Sprint(s.Len),
		"tcp.window_size_value": fmt.Sprint(s.Window),
		"tcp.flags":             fmt.Sprintf("0x%04x", uint16(s.Flags&0x1ff)),
	}
	row["tcp.flags"] = fmt.Sprintf("0x%04x", flags&0x1ff)
	for field, g := range got {
		if row[field] != g && !tsharkDiffers(field, s, row) {
			t.Errorf("%v: %s: tshark says %q, we %q", s, field, row[field], g)
		}
	}
}

// tsharkDiffers knows the differences that are no fault of ours.
func tsharkDiffers(field string, s *capture.Segment, row map[string]string) bool {
	switch {
	case field == "frame.time_epoch":
		// a fraction of over a second: tshark prints it as it stands, we carry it over
		_, frac, _ := strings.Cut(row[field], ".")
		return len(frac) > 9
	case s.Flags.Has(capture.BadHeader):
		// tshark stops reading there, or takes the header's length from the datagram
		return field != "tcp.srcport" && field != "tcp.dstport"
	case s.Flags.Has(capture.Quoted):
		// tshark keeps the numbers of a quoted header in other fields
		return row[field] == "" && (field == "tcp.seq_raw" || field == "tcp.len")
	case field == "tcp.len" && s.Flags.Has(capture.Fragmented):
		return row[field] == "" // the length of the whole is not known to it
	case field == "tcp.len":
		// the IP header says more than the frame holds: tshark believes the frame
		ip, _ := strconv.Atoi(row["ip.len"])
		frame, _ := strconv.Atoi(row["frame.len"])
		return ip > frame || s.Len > uint32(frame)
	}
	return false
}
