package capture_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// writeFiles writes files into a new directory and returns it.
func writeFiles(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// timeline formats frame numbers and seconds since the base: "1@0 2@5".
func timeline(segs []capture.Segment) string {
	var words []string
	for _, s := range segs {
		words = append(words, fmt.Sprintf("%d@%d", s.Frame, s.Time/1e9-1_700_000_000))
	}
	return strings.Join(words, " ")
}

// notPreopened opens files on demand.
var notPreopened *capture.Preopened

func TestOpenAll(t *testing.T) {
	first := capturetest.Pcap(t, "0 C > S S\n1 C > S . frame 3") // frame 2 is ARP
	second := capturetest.Pcap(t, "10 C > S .\n11 C > S .")
	third := capturetest.Pcap(t, "20 C > S .")
	empty := pcapFile(le, 0xa1b2c3d4, 1, 0, nil)
	dir := writeFiles(t, map[string][]byte{
		"cap0": second, "cap1": first, "none.pcap": empty, "README": []byte("hello\n"), "nothing": nil,
		"packets.txt": []byte("11:52:35.907381 IP 127.0.0.1.40846 > 127.0.0.1.3000: Flags [S], seq 7, win 9, length 0\n"),
	})
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	more := filepath.Join(writeFiles(t, map[string][]byte{"x": third}), "x")

	for _, batch := range []bool{false, true} {
		f, err := notPreopened.OpenAll([]string{more, dir})
		if err != nil {
			t.Fatal(err)
		}
		var segs []capture.Segment
		if batch {
			segs = readBatches(t, f)
		} else {
			segs, _ = readAll(t, f)
		}
		if got, want := timeline(segs), "1@0 3@1 4@10 5@11 6@20"; got != want {
			t.Errorf("batch %v: got %s, want %s", batch, got, want)
		}
		c := f.Counters()
		if !c.Balanced() || c.Frames != 6 || c.Skipped[capture.NotIP] != 1 {
			t.Errorf("counters: %+v", c)
		}
		want := int64(len(first) + len(second) + len(third) + len(empty))
		if f.Offset() != want || f.Size() != want {
			t.Errorf("offset %d, size %d, want %d", f.Offset(), f.Size(), want)
		}
		if u := f.Unread(); len(u) > 0 {
			t.Errorf("unread: %v", u)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func readBatches(t *testing.T, f *capture.Files) (segs []capture.Segment) {
	t.Helper()
	dst := make([]capture.Segment, 3)
	for {
		n, err := f.NextBatch(dst)
		segs = append(segs, dst[:n]...)
		if err == io.EOF {
			return segs
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpenAllUnread checks that files that can't be read or are damaged before their
// first frame are listed in order, and are an error if nothing else is left.
func TestOpenAllUnread(t *testing.T) {
	good := capturetest.Pcap(t, "0 C > S .")
	dir := writeFiles(t, map[string][]byte{"b": good[:10], "c": good, "README": []byte("hello\n")})
	for _, name := range []string{"a", "d"} {
		if err := os.Symlink("nowhere", filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	names := []string{filepath.Join(dir, "b"), dir}
	preopened, err := capture.Preopen(names)
	if err != nil {
		t.Fatal(err)
	}
	defer preopened.Close()
	for _, open := range []func([]string) (*capture.Files, error){notPreopened.OpenAll, preopened.OpenAll} {
		f, err := open(names)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range f.Unread() {
			damage := (*capture.DamageError)(nil)
			if !errors.As(u.Err, &damage) && !errors.Is(u.Err, fs.ErrNotExist) {
				t.Errorf("%s: %v", u.Name, u.Err)
			}
			got = append(got, filepath.Base(u.Name))
		}
		if text := strings.Join(got, " "); text != "b a b d" {
			t.Errorf("unread: %s", text)
		}
		if segs, _ := readAll(t, f); timeline(segs) != "1@0" {
			t.Errorf("got %s", timeline(segs))
		}
		f.Close()
	}
	if err := os.Remove(filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	damage := (*capture.DamageError)(nil)
	if _, err := notPreopened.OpenAll([]string{dir}); !errors.As(err, &damage) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no readable file: %v", err)
	}
}

// TestOpenAllDamage checks that reading continues with the next file after damage.
func TestOpenAllDamage(t *testing.T) {
	broken := capturetest.Pcap(t, "0 C > S .\n1 C > S .")
	dir := writeFiles(t, map[string][]byte{
		"a": broken[:len(broken)-1], "b": capturetest.Pcap(t, "5 C > S ."), "c": capturetest.Pcap(t, "9 C > S ."),
	})
	f, err := notPreopened.OpenAll([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Remove(filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	var s capture.Segment
	var got []string
	for {
		err := f.Next(&s)
		damage := (*capture.DamageError)(nil)
		switch {
		case err == io.EOF:
			if text, want := strings.Join(got, ", "), "1, a, 2, c"; text != want {
				t.Errorf("got %s, want %s", text, want)
			}
			return
		case errors.As(err, &damage):
			got = append(got, filepath.Base(damage.Name))
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, fmt.Sprint(s.Frame))
		}
	}
}

func TestOpenAllErrors(t *testing.T) {
	dir := writeFiles(t, map[string][]byte{"README": []byte("hello\n"), "empty": nil})
	tests := []struct {
		name string
		want error
	}{
		{dir, capture.ErrNotCapture},
		{filepath.Join(dir, "README"), capture.ErrNotCapture},
		{filepath.Join(dir, "empty"), capture.ErrEmpty},
		{filepath.Join(dir, "none"), fs.ErrNotExist},
	}
	for _, tt := range tests {
		if _, err := notPreopened.OpenAll([]string{tt.name}); !errors.Is(err, tt.want) {
			t.Errorf("OpenAll(%s): %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestOpenAllPipe reads a pipe, which can't be opened twice, between files.
func TestOpenAllPipe(t *testing.T) {
	dir := writeFiles(t, map[string][]byte{"a": capturetest.Pcap(t, "0 C > S ."), "z": capturetest.Pcap(t, "9 C > S .")})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.Write(capturetest.Pcap(t, "5 C > S .")); err != nil { // less than a pipe holds
		t.Fatal(err)
	}
	w.Close()
	f, err := notPreopened.OpenAll([]string{fmt.Sprintf("/dev/fd/%d", r.Fd()), dir})
	if err != nil {
		t.Skip("no /dev/fd here: ", err)
	}
	defer f.Close()
	if !f.Once() {
		t.Error("Once() = false for a pipe")
	}
	segs, _ := readAll(t, f)
	if got, want := timeline(segs), "1@0 2@5 3@9"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWriter(t *testing.T) {
	want := capturetest.Parse(t, "0.000000001 C > S S mss 5\n1 S > C S. len 3000")
	file := capturetest.Pcap(t, "0.000000001 C > S S mss 5\n1 S > C S. len 3000")
	got, damage := read(t, file)
	if damage != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v\ngot  %+v\nwant %+v", damage, got, want)
	}
	var buf strings.Builder
	w, err := capture.NewWriter(&buf, capture.LinkRaw, 36)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{-5, 7, 1 << 62} { // times outside pcap's range are clamped
		if err := w.WriteFrame(at, seg4, 0); err != nil {
			t.Fatal(err)
		}
	}
	segs, _ := read(t, []byte(buf.String()))
	if len(segs) != 3 || segs[0].Time != 0 || segs[1].Time != 7 || segs[2].Time/1e9 != 1<<32-1 || segs[1].Len != 3 || buf.Len() != 24+3*(16+36) {
		t.Errorf("%d bytes, %+v", buf.Len(), segs)
	}
}
