package analyze_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestTshark compares winwatch with tshark frame by frame: stream numbers, windows
// where the scale is known, and zero windows. Every difference must be of a class that
// docs/differences.md explains. The test takes a sample of the captures in the tree, or
// all in a full run, and those in the directory WINWATCH_DIFF_DIR, if set.
func TestTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tshark is not installed")
		}
		t.Skip("tshark is not installed")
	}
	dirs := []string{"testdata", "../capture/testdata", "../report/reporttest/testdata"}
	var files []string
	for _, d := range dirs {
		files = append(files, captures(t, d)...)
	}
	files = capturetest.Sample(files, 10)
	if d := os.Getenv("WINWATCH_DIFF_DIR"); d != "" {
		files = append(files, captures(t, d)...)
	}
	if len(files) == 0 {
		t.Fatal("no captures found")
	}
	explained := map[string]int{}
	var compared, frames, unexplained int
	for _, f := range files {
		theirs, err := tsharkRows(f)
		if err != nil {
			t.Logf("%s: tshark can't read it: %v", f, err)
			continue
		}
		ours, ok := ourRows(f)
		if !ok {
			t.Logf("%s: not a capture that winwatch reads", f)
			continue
		}
		compared++
		for _, n := range slices.Sorted(maps.Keys(theirs)) {
			frames++
			for _, d := range differences(ours[n], theirs[n]) {
				if d.class != "" {
					explained[d.class]++
					continue
				}
				unexplained++
				if unexplained <= 400 {
					t.Errorf("%s frame %d: %s", f, n, d.text)
				}
			}
			delete(ours, n)
		}
		for _, n := range slices.Sorted(maps.Keys(ours)) {
			unexplained++
			if unexplained <= 400 {
				t.Errorf("%s frame %d: tshark sees no TCP", f, n)
			}
		}
	}
	t.Logf("%d captures, %d TCP frames compared, %d unexplained differences", compared, frames, unexplained)
	for _, c := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("explained: %-24s %d", c, explained[c])
	}
	if frames == 0 {
		t.Fatal("no frame was compared")
	}
}

// captures lists the files below a directory except text captures and notes.
func captures(t *testing.T, dir string) []string {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".json", ".txt", ".md", ".tsv", ".golden", ".txtar", ".csv":
			return err
		case ".xz", ".bz2":
			return err // tshark doesn't read them
		}
		if d.Name() == "netmon-other-order.cap" {
			return err // tshark reads it in the order of its frame table, as docs/differences.md says
		}
		if err == nil && d.Type().IsRegular() && !strings.Contains(path, "/fuzz/") {
			files = append(files, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// row is the analysis of a TCP frame by winwatch or tshark.
type row struct {
	found  bool // the tool sees TCP in the frame
	stream int64
	window int64 // -1: scale unknown, or an RST
	zero   bool
	quoted bool
	fin    bool
	shift  string
	// protocols are tshark's frame.protocols.
	protocols string
}

func ourRows(name string) (map[uint64]row, bool) {
	src, err := capture.Open(name)
	if err != nil {
		return nil, false
	}
	defer src.Close()
	rows := map[uint64]row{}
	a := analyze.New(analyze.DefaultConfig())
	a.OnSample(func(s *analyze.Sample) {
		rows[s.Segment.Frame] = row{
			found: true, stream: s.Stream, window: s.Window,
			zero: s.Events.Has(analyze.EventZeroWindow), fin: s.Segment.Flags.Has(capture.FIN),
		}
	})
	var seg capture.Segment
	for {
		err := src.Next(&seg)
		if errors.Is(err, io.EOF) {
			a.Flush()
			return rows, true
		}
		if err != nil {
			continue // damage: the frames before it count; io.EOF follows
		}
		a.Add(&seg)
	}
}

func tsharkRows(name string) (map[uint64]row, error) {
	cmd := exec.Command("tshark", "-r", name, "-T", "fields", "-Y", "tcp",
		"-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
		"-e", "frame.number", "-e", "tcp.stream", "-e", "tcp.window_size",
		"-e", "tcp.window_size_scalefactor", "-e", "tcp.analysis.zero_window", "-e", "icmp.type", "-e", "icmpv6.type", "-e", "frame.protocols")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	rows := map[uint64]row{}
	sc := bufio.NewScanner(bytes.NewReader(out))
	for sc.Scan() {
		f := strings.Split(sc.Text(), "\t")
		n, err := strconv.ParseUint(f[0], 10, 64)
		if err != nil {
			return nil, err
		}
		streams, windows := strings.Split(f[1], ","), strings.Split(f[2], ",")
		r := row{found: true, stream: -1, window: -1, zero: f[4] != "", quoted: f[5] != "" || f[6] != "", shift: f[3], protocols: f[7]}
		if v, err := strconv.ParseInt(streams[len(streams)-1], 10, 64); err == nil {
			r.stream = v
		}
		if v, err := strconv.ParseInt(windows[len(windows)-1], 10, 64); err == nil {
			r.window = v
		}
		rows[n] = r
	}
	return rows, sc.Err()
}

type difference struct{ text, class string }

func differences(our, their row) []difference {
	var ds []difference
	add := func(class, format string, args ...any) {
		ds = append(ds, difference{fmt.Sprintf(format, args...), class})
	}
	switch {
	case !our.found && their.quoted:
		add("quoted-in-icmp", "")
		return ds
	case !our.found && their.window == -1:
		add("header-cut", "")
		return ds
	case !our.found && strings.Contains(their.protocols, ":capwap.data:"):
		add("tunnel-not-decoded", "")
		return ds
	case !our.found:
		add("", "winwatch has no TCP here; tshark: stream %d", their.stream)
		return ds
	}
	if our.stream != their.stream {
		add("", "stream %d, tshark %d", our.stream, their.stream)
	}
	if our.window != analyze.Unknown && our.window != their.window {
		class := ""
		if their.shift == "-1" && our.window != 0 {
			class = "scale-from-one-side"
		}
		add(class, "window %d, tshark %d (scale factor %s)", our.window, their.window, their.shift)
	}
	if our.zero != their.zero {
		class := ""
		if our.zero && our.fin {
			class = "fin-with-zero-window"
		}
		add(class, "zero window %v, tshark %v", our.zero, their.zero)
	}
	return ds
}
