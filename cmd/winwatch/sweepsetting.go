package main

import (
	"math"
	"strings"

	"winwatch/analyze/proof"
	"winwatch/capture/experiment/link"
	"winwatch/report"
)

// settings describes what a sweep can vary.
var settings = []report.Setting{
	{Name: "rcvbuf", Column: "rcvbuf", Label: "SO_RCVBUF at the receiver", Unit: "bytes"},
	{Name: "sndbuf", Column: "sndbuf", Label: "SO_SNDBUF at the sender", Unit: "bytes"},
	{Name: "chunk", Column: "chunk", Label: "size of one send()", Unit: "bytes"},
	{Name: "read-size", Column: "read-size", Label: "size of one recv()", Unit: "bytes"},
	{Name: "read-interval", Column: "read_interval_ns", Label: "pause between two recv() calls", Unit: "ns"},
	{Name: "hold", Column: "hold_ns", Label: "time for which the stall is kept", Unit: "ns"},
	{Name: "mtu", Column: "mtu", Label: "MTU", Unit: "bytes"},
	{Name: "congestion", Column: "congestion", Label: "congestion control"},
	{Name: sweepScenario, Column: sweepScenario, Label: "scenario"},
	{Name: "delay", Column: "delay_ns", Label: "delay of the link, each way", Unit: "ns"},
	{Name: "rate", Column: "rate_bit_per_s", Label: "rate of the link", Unit: "bit/s"},
	{Name: "queue", Column: "queue_bytes", Label: "queue of the link", Unit: "bytes"},
	{Name: "loss", Column: "loss_percent", Label: "packets lost by the link", Unit: "%"},
	{Name: "reorder", Column: "reorder_percent", Label: "packets held back by the link", Unit: "%"},
	{Name: "duplicate", Column: "duplicate_percent", Label: "packets sent twice by the link", Unit: "%"},
}

// settingNamed returns the setting of that name.
func settingNamed(name string) report.Setting {
	for _, s := range settings {
		if s.Name == name {
			return s
		}
	}
	return report.Setting{Name: name, Column: name, Label: name}
}

// linkKeys are the parts of --link that a sweep can vary.
var linkKeys = []string{"delay", "rate", "queue", "loss", "reorder", "duplicate"}

// linkParser returns a function that parses a value of a part of --link, and returns it as
// a number in the unit of the setting; NaN if the two directions differ.
func linkParser(key string) func(string) (float64, error) {
	spec := ""
	if key == "queue" {
		spec = "rate=1gbit," // there is no queue without a rate
	}
	return func(text string) (float64, error) {
		c, err := link.Parse(spec + key + "=" + text)
		if err != nil {
			return 0, err
		}
		there, back := linkNumber(key, &c.Ways[0]), linkNumber(key, &c.Ways[1])
		if there != back {
			return math.NaN(), nil
		}
		return there, nil
	}
}

func linkNumber(key string, w *link.Way) float64 {
	switch key {
	case "delay":
		return float64(w.Delay)
	case "rate":
		return float64(w.Rate)
	case "queue":
		return float64(w.Queue)
	case "loss":
		return 100 * w.Loss
	case "reorder":
		return 100 * w.Reorder
	default:
		return 100 * w.Duplicate
	}
}

// withKey returns a link's description with another value for one of its parts.
func withKey(spec, key, value string) string {
	var parts []string
	for part := range strings.SplitSeq(spec, ",") {
		if name, _, _ := strings.Cut(part, "="); part != "" && name != key {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, key+"="+value), ",")
}

// linkRate returns the rate of the link in the direction of the data, in bit/s; 0 if it has
// no limit or there is no link.
func linkRate(p *proof.Proof) int64 {
	if p == nil || p.Measured == nil || p.Measured.Link == "" {
		return 0
	}
	c, err := link.Parse(p.Measured.Link)
	if err != nil {
		return 0
	}
	return c.Ways[p.Dir].Rate
}
