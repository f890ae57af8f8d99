package link

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	tests := []struct {
		spec, canonical string
		want            [2]Way
	}{
		{"", "", [2]Way{}},
		{"delay=20ms", "delay=20ms", both(Way{Delay: 20 * time.Millisecond})},
		{"delay=0s/1.5s", "delay=0/1.5s", [2]Way{{}, {Delay: 1500 * time.Millisecond}}},
		{"queue=64k,rate=1.5mbit", "rate=1500kbit,queue=64k", both(Way{Rate: 1.5e6, Queue: 65536})},
		{"rate=2gbit/999bit,queue=1M/4097", "rate=2gbit/999bit,queue=1M/4097",
			[2]Way{{Rate: 2e9, Queue: 1 << 20}, {Rate: 999, Queue: 4097}}},
		{"rate=0/1kbit,queue=9k", "rate=0/1kbit,queue=0/9k", [2]Way{{Queue: 9 << 10}, {Rate: 1000, Queue: 9 << 10}}},
		{"loss=0.1%/100%,reorder=0%,duplicate=.000001%", "loss=0.1%/100%,duplicate=0.000001%",
			[2]Way{{Loss: 0.001, Duplicate: 1e-8}, {Loss: 1, Duplicate: 1e-8}}},
		{"loss=0/7%", "loss=0/7%", [2]Way{{}, {Loss: 0.07}}},
		{"strip=sack+wscale", "strip=wscale+sack", both(Way{Strip: []string{"wscale", "sack"}})},
		{"strip=/wscale", "strip=/wscale", [2]Way{{}, {Strip: []string{"wscale"}}}},
		{"strip=mss/", "strip=mss/", [2]Way{{Strip: []string{"mss"}}, {}}},
		// The default queue: a round trip at the rate, 500,000 bytes; and the smallest.
		{"delay=20ms,rate=100mbit", "delay=20ms,rate=100mbit,queue=489k", both(Way{Delay: 20 * time.Millisecond, Rate: 1e8})},
		{"rate=1mbit", "rate=1mbit,queue=64k", both(Way{Rate: 1e6})},
	}
	for _, tt := range tests {
		c, err := Parse(tt.spec)
		if err != nil {
			t.Errorf("%q: %v", tt.spec, err)
			continue
		}
		if !reflect.DeepEqual(c.Ways, tt.want) {
			t.Errorf("%q: %+v, want %+v", tt.spec, c.Ways, tt.want)
		}
		if c.String() != tt.canonical {
			t.Errorf("%q: canonical form %q, want %q", tt.spec, c.String(), tt.canonical)
		}
	}
}

func both(w Way) [2]Way { return [2]Way{w, w} }

func TestParseErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"delay":                   `"delay": want delay=value`,
		"delay=":                  `"delay=": a value is missing`,
		"delay=1ms/":              `"delay=1ms/": a value is missing`,
		"delay=1ms/2ms/3ms":       `want one value, or two separated by /`,
		"delay=-1ms":              `"-1ms": want a time from 0s to 1m`,
		"delay=20":                `"20": want a time`,
		"delay=61s":               `want a time from 0s to 1m`,
		"delay=1ms,":              `nothing between two commas or at an end`,
		"delay=1ms,,loss=1%":      `nothing between two commas`,
		"delay=1ms,delay=2ms":     `delay is given twice`,
		"speed=1mbit":             `unknown key "speed": want one of delay, rate, queue, loss, reorder, duplicate, strip`,
		" delay=1ms":              `unknown key " delay"`,
		"rate=100":                `"100": want a rate such as 100mbit`,
		"rate=-1mbit":             `want a rate`,
		"rate=0.1bit":             `want a rate`,
		"rate=1e3mbit":            `want a rate`,
		"rate=1001gbit":           `at most 1000gbit`,
		"rate=1mbit,queue=0x10":   `"0x10": want a size in bytes`,
		"rate=1mbit,queue=2000M":  `at most 1024M`,
		"rate=1mbit,queue=0k":     `want a size`,
		"queue=64k":               `a queue fills only in front of a rate`,
		"loss=1":                  `"1": want a share of the packets from 0% to 100%`,
		"loss=100.1%":             `want a share`,
		"loss=-1%":                `want a share`,
		"loss=NaN%":               `want a share`,
		"strip=":                  `a value is missing`,
		"strip=/":                 `a value is missing`,
		"strip=wscale+wscale":     `want some of the TCP options mss, wscale, sack, timestamps, fastopen`,
		"strip=window":            `"window": want some of the TCP options`,
		"delay=1ms,loss=1%/2%/3%": `link: "loss=1%/2%/3%": want one value`,
	} {
		if c, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v (%+v), want %s", spec, err, c, want)
		}
	}
}

func TestSet(t *testing.T) {
	c, err := Parse("delay=20ms,rate=100mbit,strip=wscale")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ spec, want string }{
		{"", "delay=20ms,rate=100mbit,queue=489k,strip=wscale"},
		{"delay=40ms", "delay=40ms,rate=100mbit,queue=977k,strip=wscale"}, // the default queue follows
		{"queue=64k", "delay=40ms,rate=100mbit,queue=64k,strip=wscale"},
		{"delay=0/1ms,strip=/mss", "delay=0/1ms,rate=100mbit,queue=64k,strip=/mss"},
		{"rate=0,strip=0,loss=1%", "delay=0/1ms,loss=1%"},
	} {
		if err := c.Set(step.spec); err != nil || c.String() != step.want {
			t.Errorf("%q: %q (%v), want %q", step.spec, c.String(), err, step.want)
		}
	}
	if c.RTT() != time.Millisecond {
		t.Errorf("the RTT is %v", c.RTT())
	}
}

// FuzzParse checks that the canonical form means the same and is its own canonical
// form.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "delay=20ms,rate=100mbit,queue=64k,loss=1%,reorder=1%,duplicate=1%,strip=wscale",
		"delay=1ns/1m,rate=0/1.5gbit,loss=0.07%/33.333333%", "strip=/sack+mss", "rate=1bit,queue=1023/1073741824",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		c, err := Parse(spec)
		if err != nil {
			return
		}
		text := c.String()
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("%q: the canonical form %q: %v", spec, text, err)
		}
		if again.String() != text || !reflect.DeepEqual(again.withDefaults(), c.withDefaults()) {
			t.Errorf("%q: %+v became %+v", spec, c, again)
		}
	})
}
