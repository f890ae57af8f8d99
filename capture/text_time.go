package capture

import (
	"strconv"
	"strings"
	"time"
)

// stamp is a time stamp as tcpdump printed it.
type stamp struct {
	ns   int64 // nanoseconds since the origin that kind defines
	kind stampKind
}

type stampKind uint8

const (
	noStamp   stampKind = iota // -t
	timeOfDay                  // since midnight
	elapsed                    // -ttttt: since the first line; -ttt: since the previous line
	unixTime                   // -tt, -tttt
)

// textClock turns time stamps into Unix times.
type textClock struct {
	last   int64
	begun  bool
	deltas bool // -ttt
}

const day = int64(24 * time.Hour)

// time returns the time of the next line.
func (c *textClock) time(s stamp) int64 {
	switch {
	case s.kind == noStamp:
		return c.last
	case s.kind == elapsed && c.deltas:
		c.last += s.ns
		return c.last
	case s.kind == timeOfDay && c.begun:
		// choose the day that is closest to the previous line
		s.ns += (c.last - s.ns + day/2) / day * day
	}
	c.begun = true
	c.last = s.ns
	return c.last
}

// detectDeltas tells -ttt from -ttttt, which print the same format: time since
// the first line only rises, while time since the previous line falls as often
// as it rises.
func (c *textClock) detectDeltas(head string) {
	steps, down := 0, 0
	last := int64(0)
	for line := range strings.Lines(head) {
		s, _ := cutTime(line)
		if s.kind != elapsed {
			continue
		}
		steps++
		if s.ns < last {
			down++
		}
		last = s.ns
	}
	c.deltas = down*8 > steps
}

// cutTime splits a line into its time stamp and the rest. Time stamps look like
// "11:52:35.907381", " 00:00:00.000053", "-00:00:00.000053", "1545018755.907381"
// or "2018-12-17 11:52:35.907381".
func cutTime(line string) (s stamp, rest string) {
	bare, minus := strings.CutPrefix(line, "-")
	bare = strings.TrimPrefix(bare, " ")
	word, rest, _ := strings.Cut(bare, " ")
	days := int64(0)
	if len(word) == 10 && word[4] == '-' {
		d, err := time.Parse(time.DateOnly, word)
		if err != nil || d.Year() < 1970 || d.Year() > 2200 {
			return stamp{}, line
		}
		days = d.Unix()
		s.kind = unixTime
		word, rest, _ = strings.Cut(rest, " ")
	}
	whole, frac, _ := strings.Cut(word, ".")
	hours, minutes, colon := strings.Cut(whole, ":")
	switch {
	case s.kind == unixTime && !colon:
		return stamp{}, line
	case !colon:
		s.kind = unixTime
	case len(bare) < len(line):
		s.kind = elapsed
	case s.kind == noStamp:
		s.kind = timeOfDay
	}
	sec, ok := seconds(hours, minutes, colon)
	ns, err := strconv.ParseUint((frac + "000000000")[:9], 10, 64)
	if !ok || err != nil || len(frac) == 0 || len(frac) > 9 {
		return stamp{}, line
	}
	s.ns = (days+sec)*1e9 + int64(ns)
	if minus {
		s.ns = -s.ns
	}
	return s, rest
}

// seconds reads "11" and "52:35", or a single number of seconds.
func seconds(hours, rest string, colon bool) (int64, bool) {
	h, err := strconv.ParseUint(hours, 10, 33)
	if !colon {
		return int64(h), err == nil
	}
	minutes, secs, _ := strings.Cut(rest, ":")
	m, err1 := strconv.ParseUint(minutes, 10, 8)
	s, err2 := strconv.ParseUint(secs, 10, 8)
	ok := err == nil && err1 == nil && err2 == nil && h < 1<<16 && m < 60 && s <= 60
	return int64(h*3600 + m*60 + s), ok
}
