package experiment

import (
	"slices"
	"strings"

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
		{SetLink, c.Link != "" && c.Link != s.Link},
		{SetAt, len(c.At) > 0 && c.At[0] != AtClient},
	} {
		if f.given {
			names = append(names, f.name)
		}
	}
	return names
}

// expected returns what the scenario sets up with these settings, before the defaults
// are filled in.
func (s *Scenario) expected(c *Config) kernel.Expected {
	e := s.Expected
	var changing []string
	for _, name := range c.given(s) {
		if name == SetLink || slices.Contains(s.Sensitive, name) {
			changing = append(changing, string(name))
		}
	}
	if len(changing) > 0 {
		e.Void = "what is right depends on the settings given: " + strings.Join(changing, ", ")
	}
	return e
}
