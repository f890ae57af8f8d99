package report

import (
	"testing"
)

func TestPageOfTheSeedFlood(t *testing.T) {
	r, tl := analyzed(t, "testdata/chart/seed-flood.pcap")
	c := startChromium(t)
	file := writePage(t, "seed-flood", &HTMLPage{Source: "seed-flood.pcap", Result: r, Timeline: tl})
	c.size(1280, 900, "light")
	c.load(file, "")
	c.shoot("seed-1280-light")
	c.clean()
}
