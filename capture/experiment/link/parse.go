package link

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A field is one key of a link's description. parse returns what is wanted if the text
// is something else.
type field struct {
	key    string
	parse  func(w *Way, text string) (wanted string)
	format func(w *Way) string // "" if the way lacks it
}

// fields are all keys, in the canonical order.
var fields = []field{
	{"delay", parseDelay, func(w *Way) string { return formatDelay(w.Delay) }},
	{"rate", parseRate, func(w *Way) string { return formatRate(w.Rate) }},
	{"queue", parseQueue, func(w *Way) string { return formatSize(w.Queue) }},
	shareField("loss", func(w *Way) *float64 { return &w.Loss }),
	shareField("reorder", func(w *Way) *float64 { return &w.Reorder }),
	shareField("duplicate", func(w *Way) *float64 { return &w.Duplicate }),
	{stripKey, parseStrip, func(w *Way) string { return strings.Join(w.Strip, "+") }},
}

// stripKey is the one key whose value may be empty for one of the ways.
const stripKey = "strip"

// Parse reads a link's description, such as
//
//	delay=20ms,rate=100mbit,queue=64k,loss=1%,reorder=1%,duplicate=1%,strip=wscale+sack
//
// A value holds for each way: delay=20ms makes a round trip of 40 ms. A value "a/b" is
// a for what the client sends and b for what the server sends; "strip=wscale/" and
// "strip=/wscale" strip one way only. 0 switches any of them off. Queue sizes are in
// bytes, where k and M stand for powers of 1024; rates are in bit/s, where kbit, mbit
// and gbit stand for powers of 1000. The description "" is a link that passes
// everything on at once.
func Parse(spec string) (Config, error) {
	var c Config
	if err := c.Set(spec); err != nil {
		return Config{}, err
	}
	return c, nil
}

// Set changes what the description (see Parse) names and keeps the rest. If it returns
// an error, the Config is undefined.
func (c *Config) Set(spec string) error {
	seen := map[string]bool{}
	for part := range strings.SplitSeq(spec, ",") {
		if spec == "" {
			break
		}
		key, value, ok := strings.Cut(part, "=")
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		switch {
		case part == "":
			return fmt.Errorf("link %q: nothing between two commas or at an end: want key=value", spec)
		case i < 0:
			return fmt.Errorf("link: %q: unknown key %q: want one of %s", part, key, keys())
		case !ok:
			return fmt.Errorf("link: %q: want %s=value", part, key)
		case seen[key]:
			return fmt.Errorf("link: %q: %s is given twice; two values for the two ways are written a/b", part, key)
		}
		seen[key] = true
		if err := parseField(c, fields[i], value); err != nil {
			return fmt.Errorf("link: %q: %w", part, err)
		}
	}
	for _, w := range c.Ways {
		if seen["queue"] && w.Queue != 0 && c.Ways[0].Rate == 0 && c.Ways[1].Rate == 0 {
			return errors.New("link: a queue fills only in front of a rate: add rate=, for example rate=100mbit")
		}
	}
	return nil
}

// parseField sets one value in both ways.
func parseField(c *Config, f field, value string) error {
	texts := strings.Split(value, "/")
	if len(texts) > 2 {
		return errors.New("want one value, or two separated by / for the client's and the server's direction")
	}
	for e := range c.Ways {
		text := texts[e%len(texts)]
		if text == "" && f.key == stripKey && len(texts) == 2 && value != "/" {
			c.Ways[e].Strip = nil
			continue
		}
		if text == "" {
			return errors.New("a value is missing")
		}
		if wanted := f.parse(&c.Ways[e], text); wanted != "" {
			return fmt.Errorf("%q: want %s", text, wanted)
		}
	}
	return nil
}

// String returns the canonical description, which Parse reads, with the size that
// DefaultQueue chooses. It leaves out MTU and Seed.
func (c *Config) String() string {
	full := c.withDefaults()
	var parts []string
	for _, f := range fields {
		a, b := f.format(&full.Ways[0]), f.format(&full.Ways[1])
		switch {
		case a == b && a != "":
			parts = append(parts, f.key+"="+a)
		case a != b && f.key == stripKey:
			parts = append(parts, f.key+"="+a+"/"+b)
		case a != b:
			parts = append(parts, f.key+"="+orZero(a)+"/"+orZero(b))
		}
	}
	return strings.Join(parts, ",")
}

func orZero(text string) string {
	if text == "" {
		return "0"
	}
	return text
}

func keys() string {
	var all []string
	for _, f := range fields {
		all = append(all, f.key)
	}
	return strings.Join(all, ", ")
}
