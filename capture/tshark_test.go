package capture_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// tsharkFields are what TestTsharkAgrees compares.
var tsharkFields = []string{
	"frame.number", "frame.time_epoch", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw",
	"tcp.len", "tcp.window_size_value", "tcp.flags", "ip.len", "ipv6.plen", "frame.len", "frame.encap_type", "tcp.stream",
}

// TestTsharkAgrees compares the segments of the captures with tshark's: which frames
// have a stream, and the fields of each. Only the differences that tsharkDiffers
// explains are allowed. It uses a sample of the captures, or all of them in a full
// run. CAPTURE_DIR names another directory to compare.
func TestTsharkAgrees(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	names, dir := capturetest.Sample(captures(t), 10), os.Getenv("CAPTURE_DIR")
	if dir != "" {
		names, _ = filepath.Glob(filepath.Join(dir, "*"))
	}
	var compared atomic.Int64
	var reasons sync.Map
	t.Run("captures", func(t *testing.T) {
		for _, name := range names {
			if strings.HasSuffix(name, ".txt") || strings.Contains(name, "option-too-long") ||
				strings.Contains(name, "netmon-cut") || strings.Contains(name, "netmon-other-order") || strings.Contains(name, "suse") {
				continue // tshark does not read text, and rejects the bad option and a cut frame table
			}
			t.Run(strings.TrimPrefix(name, dir), func(t *testing.T) {
				t.Parallel()
				compared.Add(compareWithTshark(t, name, &reasons))
			})
		}
	})
	if compared.Load() < 100 {
		t.Errorf("only %d segments compared", compared.Load())
	}
	if !capturetest.Full() {
		return
	}
	for _, why := range []string{overASecond, badHeader, quoted, fragmented, timeless, erfTime, overlong} {
		if _, ok := reasons.Load(why); !ok && dir == "" {
			t.Errorf("no capture shows the difference any more: %s", why)
		}
	}
}

// compareWithTshark compares one capture and returns its number of segments.
func compareWithTshark(t *testing.T, name string, reasons *sync.Map) int64 {
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
		compareRow(t, s, row, reasons)
	}
	for frame, row := range rows {
		t.Errorf("tshark has a stream in frame %d, we have none: %v", frame, row)
	}
	return int64(len(segs))
}

// tshark returns the fields of the frames that have a stream. For nested headers it
// returns those of the innermost.
func tshark(t *testing.T, name string) map[uint64]map[string]string {
	t.Helper()
	args := []string{"-n", "-r", name, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
		"-T", "fields", "-E", "separator=;", "-E", "occurrence=l"}
	for _, f := range tsharkFields {
		args = append(args, "-e", f)
	}
	cmd := exec.Command("tshark", args...)
	cmd.Env = append(os.Environ(), "TZ=UTC") // the time zone of Network Monitor's files
	out, err := cmd.Output()
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

func compareRow(t *testing.T, s *capture.Segment, row map[string]string, reasons *sync.Map) {
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
		if row[field] == g {
			continue
		}
		why := tsharkDiffers(field, s, row)
		if why == "" {
			t.Errorf("%v: %s: got %q, tshark says %q", s, field, g, row[field])
		}
		reasons.Store(why, true)
	}
}

// The accepted differences.
const (
	overASecond = "a fraction of more than a second: tshark prints it unchanged, we carry it over"
	badHeader   = "tshark stops at the bad header, or takes its length from the datagram"
	quoted      = "tshark keeps the numbers of a quoted header in other fields"
	fragmented  = "tshark does not know the length of the whole datagram"
	timeless    = "a packet block without a time: tshark prints none"
	erfTime     = "an ERF record in a pcap file has a time of its own: tshark prints that"
	overlong    = "the IP header's length exceeds the frame: tshark uses the frame's length"
)

// tsharkDiffers returns the accepted difference that explains a mismatch, or "".
func tsharkDiffers(field string, s *capture.Segment, row map[string]string) string {
	ip, _ := strconv.Atoi(row["ip.len"])
	frame, _ := strconv.Atoi(row["frame.len"])
	_, frac, _ := strings.Cut(row[field], ".")
	switch {
	case field == "frame.time_epoch" && len(frac) > 9:
		return overASecond
	case field == "frame.time_epoch" && row[field] == "" && s.Time == 0:
		return timeless
	case field == "frame.time_epoch" && row["frame.encap_type"] == "98" && s.Time/1e9 == erfSecond:
		return erfTime
	case field == "frame.time_epoch":
	case s.Flags.Has(capture.BadHeader) && field != "tcp.srcport" && field != "tcp.dstport":
		return badHeader
	case s.Flags.Has(capture.Quoted) && row[field] == "" && (field == "tcp.seq_raw" || field == "tcp.len"):
		return quoted
	case field != "tcp.len":
	case s.Flags.Has(capture.Fragmented) && row[field] == "":
		return fragmented
	case ip > frame || s.Len > uint32(frame):
		return overlong
	}
	return ""
}
