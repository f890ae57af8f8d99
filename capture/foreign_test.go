package capture_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winwatch/capture"
)

// TestEditcap converts a capture to each format that Wireshark's editcap writes
// Ethernet to: winwatch must read the same segments from it, or name the format.
func TestEditcap(t *testing.T) {
	if _, err := exec.LookPath("editcap"); err != nil {
		t.Skip("editcap is not installed")
	}
	const original = "testdata/made/ethernet.pcap"
	want, _, _ := load(t, original)
	for _, tt := range []struct {
		format string
		named  string // "" if winwatch reads it
	}{
		{"pcapng", ""}, {"nsecpcap", ""}, {"modpcap", ""}, {"nokiapcap", ""}, {"rh6_1pcap", ""}, {"suse6_3pcap", ""},
		{"snoop", ""}, {"netmon1", ""}, {"netmon2", ""},
		{"5views", "5View"}, {"commview-ncf", "CommView"}, {"commview-ncfx", "CommView"}, {"k12text", "K12"},
		{"lanalyzer", "LANalyzer"}, {"nettl", "nettl"}, {"ngsniffer", "Sniffer (DOS)"}, {"ngwsniffer_1_1", "NetXRay"},
		{"ngwsniffer_2_0", "NetXRay"}, {"observer", "Observer"}, {"visual", "Visual Networks"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "capture")
			cmd := exec.Command("editcap", "-F", tt.format, original, name)
			cmd.Env = append(os.Environ(), "TZ=UTC")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			r, err := capture.Open(name)
			if tt.named != "" {
				if !errors.Is(err, capture.ErrNotCapture) || !strings.Contains(err.Error(), tt.named) || !strings.Contains(err.Error(), "editcap -F pcapng IN OUT") {
					t.Errorf("Open: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, damage := readAll(t, r)
			if damage != nil || !slices.Equal(got, want) {
				t.Errorf("%d segments, %v; want %d", len(got), damage, len(want))
			}
		})
	}
}

// TestForeign checks that other formats are named, and that the command that helps is
// given.
func TestForeign(t *testing.T) {
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	for _, tt := range []struct{ content, what string }{
		{"VL\x00\x00" + zeros(100), "NetXRay"},
		{"\x7fver\x20\x00\x00\x00" + zeros(100), "OmniPeek"},
		{"\x07\x00" + zeros(100), "EtherPeek"},
		{"iptrace 2.0" + zeros(100), "iptrace"},
		{"btsnoop\x00\x00\x00\x00\x01", "btsnoop"},
		{"EyeSDN\x0a", "EyeSDN"},
		{"Session Transcript File\n", "DCT2000"},
		{"#Format=4\r\n", "Daintree"},
		{"\x00\x00\x02\x00\x12\x05\x00\x10" + zeros(100), "K12"},
		{"\x01\x00\x2e\x00\x00\x00NetScaler V20 Performance Data" + zeros(100), "NetScaler"},
		{"\x07\x65\x53\xf1\x00\x02\x00\x01x", "pppd"},
		{"login: admin\r\nT O S H I B A  ROUTER", "Toshiba"},
		{"ns-> \r\n12.0: 0(i) len=78:0010->0020/0800\r\n", "NetScreen"},
		{"some\nl2-tx (PPP:3/7/1:100)", "CoSine"},
		{`{"log": {"version": "1.2"}}`, "JSON"},
		{"[\n  {\n    \"_index\": \"packets\"", "JSON"},
		{"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1\n", "systemd"},
		{"ElfFile\x00" + zeros(100), "event log"},
		{"\x00\x0a\x00\x20" + zeros(12) + "\x00\x02\x00\x10" + zeros(12), "IPFIX"},
		{"\x00\x0a\x00\x20" + zeros(12), "none of the formats"},
		{"\x00\x00\x01\x00" + zeros(0x2c) + "\x00\x02\x00\x00" + zeros(0x14) + "\x02\x00\x02\xc0" + zeros(100), "etl2pcapng"},
		{"PK\x03\x04" + zeros(100), "zip"},
		{zeros(257) + "ustar\x0000", "tar"},
	} {
		_, err := capture.NewReader(strings.NewReader(tt.content), "other")
		if !errors.Is(err, capture.ErrNotCapture) || !strings.Contains(err.Error(), tt.what) {
			t.Errorf("%.20q: %v; want %s", tt.content, err, tt.what)
		}
	}
}

// TestNestedCompression checks that a compressed file inside another is named.
func TestNestedCompression(t *testing.T) {
	_, err := capture.NewReader(strings.NewReader(string(storedGzip([]byte("\xfd7zXZ\x00\x00\x04")))), "nested")
	if !errors.Is(err, capture.ErrNotCapture) || !strings.Contains(err.Error(), "xz in a compressed file") {
		t.Error(err)
	}
}
