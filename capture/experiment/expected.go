package experiment

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

// Setting names a field of Config as the flags of "winwatch run" do.
type Setting string

// The settings that can change what happens.
const (
	SetChunk        Setting = "chunk"
	SetRcvBuf       Setting = "rcvbuf"
	SetSndBuf       Setting = "sndbuf"
	SetCongestion   Setting = "congestion"
	SetReadSize     Setting = "read-size"
	SetReadInterval Setting = "read-interval"
	SetHold         Setting = "hold"
	SetMTU          Setting = "mtu"
	SetLink         Setting = "link"
	SetAt           Setting = "at"
)

// given returns the settings that differ from the scenario's defaults.
func (c *Config) given(s *Scenario) (names []Setting) {
	for _, f := range []struct {
		name  Setting
		given bool
	}{
		{SetChunk, c.Chunk != 0 && c.Chunk != s.Chunk},
		{SetRcvBuf, c.RcvBuf != 0},
		{SetSndBuf, c.SndBuf != 0},
		{SetCongestion, c.Congestion != ""},
		{SetReadSize, c.ReadSize != 0},
		{SetReadInterval, c.ReadInterval != 0},
		{SetHold, c.Hold != 0},
		{SetMTU, c.MTU != 0},
		{SetLink, !reflect.DeepEqual(s.linkOr(&Config{}), s.linkOr(c))},
		{SetAt, len(c.At) > 0 && c.At[0] != AtClient},
	} {
		if f.given {
			names = append(names, f.name)
		}
	}
	return names
}

// farthest is the longest round trip with which the cause stays what it is: the stalls that
// the scenarios make last for half a second and more, and what they do besides takes a few
// round trips.
const farthest = 100 * time.Millisecond

// linkOr returns the link, without its MTU; one that does nothing stands for loopback, and
// for a link that is invalid.
func (s *Scenario) linkOr(c *Config) link.Config {
	l, err := s.LinkConfig(c)
	if err != nil || l == nil {
		return link.Config{}
	}
	l.MTU = 0
	return *l
}

// keepsKey reports whether the answer key holds over the link that Config asks for: it
// differs from the scenario's own in its delay alone.
func (s *Scenario) keepsKey(c *Config) bool {
	own, asked := s.linkOr(&Config{}), s.linkOr(c)
	if s.OwnLink || asked.RTT() > max(farthest, own.RTT()) {
		return false
	}
	for i := range own.Ways {
		own.Ways[i].Delay, asked.Ways[i].Delay = 0, 0
	}
	return reflect.DeepEqual(own, asked)
}

// expected returns what the scenario sets up with these settings, before the defaults
// are filled in.
func (s *Scenario) expected(c *Config) kernel.Expected {
	e := s.Expected
	var changing []string
	for _, name := range c.given(s) {
		if name == SetLink && s.Brief {
			e.Limit = kernel.LimitUnknown
		}
		if name == SetLink && !s.keepsKey(c) || slices.Contains(s.Sensitive, name) {
			changing = append(changing, string(name))
		}
	}
	if len(changing) > 0 {
		e.Void = "what is right depends on the settings given: " + strings.Join(changing, ", ")
	}
	return e
}
