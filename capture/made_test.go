package capture_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

var update = flag.Bool("update", false, "write testdata/made")

// A madeFile is a capture in testdata/made.
type madeFile struct {
	name     string // of the file, without the ending
	ending   string
	segments int    // the number that can be read from it
	trouble  string // text in the error that rejects it or ends reading; "" for none
	make     func(testing.TB) []byte
}

func (m *madeFile) path() string { return filepath.Join("testdata/made", m.name+m.ending) }

// madeFiles returns all of them.
func madeFiles() []madeFile {
	return slices.Concat(madeLinks(), madePackets, madeFormats, madeRecords, madeDamage)
}

// TestMade compares the files in testdata/made with the code that makes them, which
// also documents what is odd about each, and reads them. With -update it writes them.
func TestMade(t *testing.T) {
	made := map[string]bool{}
	for _, m := range madeFiles() {
		made[m.path()] = true
		t.Run(m.name, func(t *testing.T) {
			want := m.make(t)
			if *update {
				if err := os.WriteFile(m.path(), want, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(m.path())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from the generated file: go test -run TestMade -update ./capture", m.path())
			}
			checkMade(t, &m)
		})
	}
	files, err := filepath.Glob("testdata/made/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !made[f] && filepath.Ext(f) != ".md" {
			t.Errorf("no code generates %s", f)
		}
	}
}

// checkMade reads a file and checks the number of segments and the final error.
func checkMade(t *testing.T, m *madeFile) {
	t.Helper()
	r, err := capture.Open(m.path())
	var segs []capture.Segment
	if err == nil {
		defer r.Close()
		var damage *capture.DamageError
		if segs, damage = readAll(t, r); damage != nil {
			err = damage
		}
		c := r.Counters()
		if d := c.Skipped[capture.BadLink] + c.Skipped[capture.BadIP]; d > 0 && m.name != "empty-frame" {
			t.Errorf("%d malformed frames: %+v", d, c)
		}
	} else if !errors.Is(err, capture.ErrNotCapture) && !errors.As(err, new(*capture.DamageError)) {
		t.Fatal(err)
	}
	if len(segs) != m.segments {
		t.Errorf("%d segments, want %d", len(segs), m.segments)
	}
	if got := fmt.Sprint(err); m.trouble == "" && err != nil || !strings.Contains(got, m.trouble) {
		t.Errorf("reading ends with %q, want %q", got, m.trouble)
	}
}

// talk returns the IP packets of a connection with a stall and a probe. The client's
// port identifies it. The payload is all zeros.
func talk(tb testing.TB, ipv6 bool, port int) (packets [][]byte) {
	tb.Helper()
	hosts := fmt.Sprintf("host C 192.0.2.1:%d\nhost S 192.0.2.2:3000\n", port)
	if ipv6 {
		hosts = fmt.Sprintf("host C [2001:db8::1]:%d\nhost S [2001:db8::2]:3000\n", port)
	}
	return packetsOf(tb, hosts+`
		0 C > S S win 64240 mss 1460 ws 7 sackok ts 1 0
		0 S > C S. win 100 mss 1460 ws 0 sackok ts 5 1
		0 C > S . win 502 ts 2 5
		0 C > S P. len 100
		0 S > C . win 0
		0 C > S . seq una-1
		0 S > C . win 0
		0 S > C . win 100 sack 1:2
		0 C > S F.
		0 S > C R.`)
}

// packetsOf returns the IP packets that text describes, with payload.
func packetsOf(tb testing.TB, text string) (packets [][]byte) {
	tb.Helper()
	for _, s := range capturetest.Parse(tb, text) {
		frame, _ := capturetest.Frame(&s)
		packets = append(packets, join(frame[14:], make([]byte, s.Len)))
	}
	return packets
}

// talks returns the frames of one connection per encapsulation.
func talks(tb testing.TB, ways []encapsulation) (frames [][]byte) {
	tb.Helper()
	for i, e := range ways {
		for _, p := range talk(tb, e.ipv6, 40000+i) {
			frames = append(frames, e.wrap(p))
		}
	}
	return frames
}

// pcapOf is a little-endian microsecond pcap file with one frame per millisecond.
func pcapOf(link capture.LinkType, frames ...[]byte) []byte {
	return pcapFile(le, 0xa1b2c3d4, uint32(link), 0, everyMillisecond(len(frames)), frames...)
}

// everyMillisecond returns n times as seconds and microseconds.
func everyMillisecond(n int) [][2]uint32 {
	times := make([][2]uint32, n)
	for i := range times {
		times[i] = [2]uint32{1_700_000_000, uint32(i) * 1000}
	}
	return times
}

// etherTalk returns the frames of a connection on Ethernet.
func etherTalk(tb testing.TB) [][]byte { return talks(tb, etherFrames[:1]) }

// madeLinks returns a file for each link type, with a connection for each of its
// encapsulations, and one file with all tunnels.
func madeLinks() (files []madeFile) {
	const talkSize = 10
	add := func(name string, ways []encapsulation) {
		files = append(files, madeFile{name, ".pcap", talkSize * len(ways), "", func(tb testing.TB) []byte {
			return pcapOf(ways[0].link, talks(tb, ways)...)
		}})
	}
	add("ethernet", etherFrames)
	add("tunnels", tunnels)
	for ways := otherLinks; len(ways) > 0; {
		n := 1
		for n < len(ways) && ways[n].link == ways[0].link {
			n++
		}
		add(fmt.Sprintf("link-type-%03d", ways[0].link), ways[:n])
		ways = ways[n:]
	}
	return files
}
