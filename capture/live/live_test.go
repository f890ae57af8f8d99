//go:build cgo

package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"winwatch/capture"
)

// open starts a capture on lo, or skips the test if that is not permitted.
func open(t *testing.T, cfg Config) *Source {
	t.Helper()
	cfg.Interface = "lo"
	s, err := Open(cfg)
	if errors.Is(err, ErrPermission) {
		t.Skipf("%v: run the tests as root, or with CAP_NET_RAW", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// listen returns a listener on a free port of loopback, and the filter for it.
func listen(t *testing.T) (l net.Listener, filter string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, "tcp port " + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// exchange connects, sends n bytes in one write, reads them and closes. When it
// returns, each end has received the other's FIN, and so has a capture: on a busy
// machine a packet may reach loopback long after the call that sent it.
func exchange(t *testing.T, l net.Listener, n int) {
	t.Helper()
	got := make(chan int64, 1)
	go func() {
		defer close(got)
		c, err := l.Accept()
		if err != nil {
			return
		}
		n, _ := io.Copy(io.Discard, c)
		c.Close()
		got <- n
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Write(make([]byte, n))
	err = errors.Join(err, c.(*net.TCPConn).CloseWrite())
	_, endErr := io.Copy(io.Discard, c) // until the FIN
	if back := <-got; err != nil || endErr != nil || back != int64(n) {
		t.Fatalf("sent %d bytes, got %d: %v, %v", n, back, err, endErr)
	}
}

// readAll reads to the end.
func readAll(t *testing.T, next func(*capture.Segment) error) []capture.Segment {
	t.Helper()
	var all []capture.Segment
	for {
		var s capture.Segment
		err := next(&s)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
}

// TestCapture checks that a capture holds each segment once and in order, and that
// the saved file yields the same segments.
func TestCapture(t *testing.T) {
	l, filter := listen(t)
	var file bytes.Buffer
	s := open(t, Config{Filter: filter, Save: &file})
	const payload = 200_000 // more than one segment of loopback's MTU
	exchange(t, l, payload)
	s.Stop()
	exchange(t, l, payload) // after Stop: must not appear
	got := readAll(t, s.Next)

	checkOnce(t, got)
	var lens []uint32
	for _, end := range ends(got) {
		if end.fin == 0 || end.syn == 0 {
			t.Errorf("an end without SYN or FIN: %+v", end)
		}
		lens = append(lens, end.fin-end.syn-1)
	}
	if slices.Sort(lens); !slices.Equal(lens, []uint32{0, payload}) {
		t.Errorf("the ends sent %d bytes, want 0 and %d", lens, payload)
	}
	st := s.Stats()
	if st.Dropped != 0 || st.Received < len(got) {
		t.Errorf("%d segments, but the kernel counted %+v", len(got), st)
	}
	compareSaved(t, &file, got, s.Counters())
}

// checkOnce checks that the segments are in order and each was captured once: two with
// the same identification are one that was delivered twice.
func checkOnce(t *testing.T, got []capture.Segment) {
	t.Helper()
	type packet struct {
		port uint16
		id   uint16
		seq  uint32
	}
	known := map[packet]bool{}
	for i, seg := range got {
		if seg.Frame != uint64(i+1) {
			t.Errorf("segment %d has frame number %d", i+1, seg.Frame)
		}
		if i > 0 && seg.Time < got[i-1].Time {
			t.Errorf("frame %d is %d ns earlier than the previous one", seg.Frame, got[i-1].Time-seg.Time)
		}
		p := packet{seg.SrcPort, seg.IPID, seg.Seq}
		if known[p] {
			t.Errorf("captured twice: %v", &seg)
		}
		known[p] = true
	}
}

// ends returns the sequence numbers of the SYN and the FIN of each end, by port. A busy
// machine may send any segment again, so these tell how much was sent.
func ends(got []capture.Segment) map[uint16]struct{ syn, fin uint32 } {
	m := map[uint16]struct{ syn, fin uint32 }{}
	for _, seg := range got {
		end := m[seg.SrcPort]
		if seg.Flags.Has(capture.SYN) {
			end.syn = seg.Seq
		}
		if seg.Flags.Has(capture.FIN) {
			end.fin = seg.SeqEnd() - 1
		}
		m[seg.SrcPort] = end
	}
	return m
}

// compareSaved checks that the file yields the segments of the live capture.
func compareSaved(t *testing.T, file io.Reader, want []capture.Segment, counters capture.Counters) {
	t.Helper()
	r, err := capture.NewReader(file, "saved")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	saved := readAll(t, r.Next)
	if len(saved) != len(want) {
		t.Fatalf("%d segments in the file, %d live", len(saved), len(want))
	}
	for i := range saved {
		if saved[i] != want[i] {
			t.Errorf("file: %v\nlive: %v", &saved[i], &want[i])
		}
	}
	if r.Counters() != counters {
		t.Errorf("file: %+v\nlive: %+v", r.Counters(), counters)
	}
}

// TestAny captures on all interfaces at once, which uses another link type.
func TestAny(t *testing.T) {
	open(t, Config{}).Close()
	l, filter := listen(t)
	s, err := Open(Config{Interface: Any, Filter: filter})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	exchange(t, l, 10)
	s.Stop()
	var sent uint32
	for _, seg := range readAll(t, s.Next) {
		sent += seg.Len
	}
	if s.LinkType() != capture.LinkSLL || sent != 10 {
		t.Errorf("link type %v, %d bytes; want %v and 10", s.LinkType(), sent, capture.LinkSLL)
	}
}

// failAfter fails after n bytes, like a full disk.
type failAfter struct{ n, failed int }

var errDiskFull = errors.New("no space left on device")

func (f *failAfter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		f.failed++
		return 0, errDiskFull
	}
	return len(p), nil
}

// TestSaveFails checks that the capture continues when saving fails.
func TestSaveFails(t *testing.T) {
	l, filter := listen(t)
	disk := &failAfter{n: 200}
	s := open(t, Config{Filter: filter, Save: disk})
	exchange(t, l, 10)
	s.Stop()
	if got := readAll(t, s.Next); len(got) < 5 {
		t.Errorf("%d segments, want at least 5", len(got))
	}
	if disk.failed != 1 {
		t.Errorf("%d writes failed, want 1: saving must stop at the first", disk.failed)
	}
}

func TestOpenErrors(t *testing.T) {
	open(t, Config{}).Close()
	var noInterface *NoInterfaceError
	if _, err := Open(Config{Interface: "nosuch0"}); !errors.As(err, &noInterface) || !strings.Contains(err.Error(), "lo") {
		t.Errorf("no such interface: %v", err)
	}
	for _, iface := range []string{"lo", Any} {
		var filter *FilterError
		_, err := Open(Config{Interface: iface, Filter: "tcp prot 80"})
		if !errors.As(err, &filter) || filter.Filter != "tcp prot 80" || strings.Contains(fmt.Sprint(err), "inbound") {
			t.Errorf("bad filter on %s: %v", iface, err)
		}
	}
	if _, err := Open(Config{Interface: "lo", Save: &failAfter{}}); !errors.Is(err, errDiskFull) {
		t.Errorf("unwritable file: %v", err)
	}
}

// TestFilterKeepsOthersOut checks that other traffic is not even counted.
func TestFilterKeepsOthersOut(t *testing.T) {
	l, filter := listen(t)
	other, _ := listen(t)
	s := open(t, Config{Filter: filter})
	exchange(t, other, 100_000)
	exchange(t, l, 10)
	s.Stop()
	got := readAll(t, s.Next)
	if c := s.Counters(); c.Frames != uint64(len(got)) || s.Stats().Received != len(got) {
		t.Errorf("%d segments, %d frames, the kernel counted %d", len(got), c.Frames, s.Stats().Received)
	}
}

// TestDrops overflows a tiny ring buffer and checks that every lost frame is
// counted. A drop may hit the outgoing copy of a packet, which is never delivered,
// so the counts agree only to within the number of drops.
func TestDrops(t *testing.T) {
	l, filter := listen(t)
	s := open(t, Config{Filter: filter, BufferBytes: 1})
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// Wait for each echo: without that a busy machine joins the writes into one
	// packet.
	echo := make([]byte, 10)
	for i := 0; i < 50_000 && s.Stats().Dropped < 100; i++ {
		if _, err := c.Write(echo); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, echo); err != nil {
			t.Fatal(err)
		}
		s.takeStats() // safe: no other goroutine reads yet
	}
	c.Close()
	s.Stop()
	got := len(readAll(t, s.Next))
	st := s.Stats()
	if st.Dropped == 0 {
		t.Fatalf("nothing was dropped: %d segments, %+v", got, st)
	}
	if c := s.Counters(); c.Noted[capture.KernelDrops] != uint64(st.Dropped) {
		t.Errorf("counters say %d drops, stats %d", c.Noted[capture.KernelDrops], st.Dropped)
	}
	if lost := st.Received - got; lost < 0 || lost > st.Dropped {
		t.Errorf("%d frames were not delivered, but the kernel counted %d drops: %d segments, %+v", lost, st.Dropped, got, st)
	}
}
