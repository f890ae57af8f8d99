package capturetest

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"winwatch/capture"
)

// Parse returns the segments that text describes in the format of the package
// documentation. It fails the test at the first invalid line.
func Parse(tb testing.TB, text string) []capture.Segment {
	tb.Helper()
	segs, err := parse(text)
	if err != nil {
		tb.Fatalf("capturetest: %v", err)
	}
	return segs
}

// host is one end: its address and the defaults for its next segment.
type host struct {
	name string
	addr capture.Addr
	port uint16
	isn  uint32
	ipid uint16
}

// half is one direction of a connection, in raw sequence numbers.
type half struct {
	started  bool
	nxt, una uint32
	win      uint16
}

// script is the state of a text being parsed.
type script struct {
	hosts map[string]*host
	halfs map[[2]string]*half
	base  int64
	time  int64
	frame uint64
	segs  []capture.Segment
}

func parse(text string) ([]capture.Segment, error) {
	p := &script{hosts: map[string]*host{}, halfs: map[[2]string]*half{}, base: 1_700_000_000 * 1e9}
	for _, line := range []string{"host C 10.0.0.1:40000", "host S 10.0.0.2:3000", "isn S 5000"} {
		if err := p.line(strings.Fields(line)); err != nil {
			return nil, err
		}
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if err := p.line(words); err != nil {
			return nil, fmt.Errorf("line %d: %q: %w", n, strings.TrimSpace(line), err)
		}
	}
	return p.segs, nil
}

func (p *script) line(words []string) error {
	switch words[0] {
	case "host":
		return p.setHost(words[1:])
	case "isn":
		return p.setISN(words[1:])
	case "base":
		return p.setBase(words[1:])
	}
	if err := p.setTime(words[0]); err != nil {
		return err
	}
	if len(words) == 2 && words[1] == "dup" {
		return p.repeat()
	}
	return p.segment(words[1:])
}

func (p *script) setHost(words []string) error {
	if len(words) != 2 {
		return fmt.Errorf("want: host NAME ADDRESS:PORT")
	}
	ap, err := netip.ParseAddrPort(words[1])
	if err != nil {
		return err
	}
	p.hosts[words[0]] = &host{name: words[0], addr: ap.Addr().As16(), port: ap.Port(), isn: 1000}
	p.forget(words[0])
	return nil
}

func (p *script) setISN(words []string) error {
	if len(words) != 2 || p.hosts[words[0]] == nil {
		return fmt.Errorf("want: isn HOST NUMBER")
	}
	n, err := strconv.ParseUint(words[1], 10, 32)
	if err != nil {
		return err
	}
	p.hosts[words[0]].isn = uint32(n)
	p.forget(words[0])
	return nil
}

// forget drops the state of name's directions, as for a new connection.
func (p *script) forget(name string) {
	for k := range p.halfs {
		if k[0] == name {
			delete(p.halfs, k)
		}
	}
}

func (p *script) setBase(words []string) error {
	if len(words) != 1 {
		return fmt.Errorf("want: base SECONDS")
	}
	ns, err := parseSeconds(words[0])
	p.base = ns
	return err
}

func (p *script) setTime(word string) error {
	ns, err := parseSeconds(word)
	if err != nil {
		return err
	}
	if word[0] == '+' || word[0] == '-' {
		p.time += ns
	} else {
		p.time = ns
	}
	return nil
}

// parseSeconds returns decimal seconds as nanoseconds, exactly.
func parseSeconds(word string) (int64, error) {
	digits, neg := strings.CutPrefix(word, "-")
	digits = strings.TrimPrefix(digits, "+")
	whole, frac, _ := strings.Cut(digits, ".")
	if len(frac) > 9 || whole == "" {
		return 0, fmt.Errorf("time %q: want seconds with up to 9 decimals", word)
	}
	sec, err := strconv.ParseUint(whole, 10, 33)
	if err != nil {
		return 0, fmt.Errorf("time %q: %w", word, err)
	}
	ns, err := strconv.ParseUint((frac + "000000000")[:9], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("time %q: %w", word, err)
	}
	t := int64(sec*1e9 + ns)
	if neg {
		t = -t
	}
	return t, nil
}

// repeat appends the last segment again, as a bridge or "any" captures it.
func (p *script) repeat() error {
	if len(p.segs) == 0 {
		return fmt.Errorf("dup: no segment before it")
	}
	s := p.segs[len(p.segs)-1]
	s.Frame++
	s.Time = p.base + p.time
	p.frame = s.Frame
	p.segs = append(p.segs, s)
	return nil
}
