package report_test

import (
	"strings"
	"testing"

	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// TestOutcome changes one thing at a time in an experiment in which all agree.
func TestOutcome(t *testing.T) {
	for _, tt := range []struct {
		name    string
		changes func(*report.Material)
		ok      bool
		agree   string
	}{
		{"all agree", func(*report.Material) {}, true, "yes: the verdict is a cause that was set up; 4 numbers compared"},
		{"another verdict", func(m *report.Material) { m.Proof.Cause.OK, m.Proof.Cause.Code = false, "ok" }, false,
			"NO: what was set up is receiver-not-reading, the verdict is ok"},
		{"another limit", func(m *report.Material) { m.Proof.Cause.OK, m.Proof.Cause.Limit = false, kernel.LimitNetwork }, false,
			"NO: the limit that was set up is the window, the kernel was limited by the network"},
		{"cause not judged", func(m *report.Material) { m.Proof.Cause.Judged = false }, true, "yes: 4 numbers compared"},
		{"void", func(m *report.Material) {
			m.Proof.Cause.Judged, m.Proof.Cause.Unjudged = false, "what is right depends on rcvbuf"
		}, true,
			"match the kernel's; the verdict is not compared, because what is right depends on rcvbuf"},
		{"no cause", func(m *report.Material) { m.Proof.Cause = nil }, true, "yes: 4 numbers compared"},
		{"another number", func(m *report.Material) { m.Proof.Rows[0].OK = false }, false, "1 of 4 numbers compared does not match the kernel's (receive queue)"},
		{"a claim fails", func(m *report.Material) { m.Witness.Findings[0].Holds = false }, false, "1 of 1 claim does not hold"},
		{"withheld", func(m *report.Material) { m.Proof.Withheld = "7 packets were missed" }, true, "not compared: 7 packets were missed"},
		{"no stream", func(m *report.Material) { m.Proof = nil }, true, ""},
	} {
		m := reporttest.FloodProof().Material
		m.Witness.Findings = m.Witness.Findings[:1]
		rows := m.Proof.Rows[:0]
		for _, r := range m.Proof.Rows {
			if r.OK {
				rows = append(rows, r)
			}
		}
		m.Proof.Rows = rows
		tt.changes(m)
		out := report.NewOutcome(m)
		if out.OK != tt.ok || !strings.Contains(out.Agree, tt.agree) || (out.Agree == "") != (tt.agree == "") {
			t.Errorf("%s: OK %v, %q, want %q", tt.name, out.OK, out.Agree, tt.agree)
		}
	}
}

// TestOutcomeMeasured: what is not known is not said.
func TestOutcomeMeasured(t *testing.T) {
	for _, tt := range []struct {
		changes func(*proof.Measured)
		want    string
	}{
		{func(*proof.Measured) {}, "15.4 Mbit/s of payload acknowledged in the steady 2.000 s; window ÷ RTT is 15.6 Mbit/s"},
		{func(m *proof.Measured) { m.Throughput.Window = nil }, "15.4 Mbit/s of payload acknowledged in the steady 2.000 s"},
		{func(m *proof.Measured) { m.Throughput.Kernel = nil }, ""},
		{func(m *proof.Measured) { m.Throughput = nil }, ""},
	} {
		m := reporttest.LinkProof().Material
		tt.changes(m.Proof.Measured)
		if got := report.NewOutcome(m).Measured; got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestLimitWords: a disagreement names every limit that there is.
func TestLimitWords(t *testing.T) {
	for l := range kernel.Limits {
		m := reporttest.FloodProof().Material
		m.Proof.Cause.OK, m.Proof.Cause.Limit, m.Proof.Cause.ExpectedLimit = false, kernel.Limit(l), kernel.Limit(len(kernel.Limits)-1-l)
		if got := report.NewOutcome(m).Agree; strings.Contains(got, "by ;") || strings.Contains(got, "is ,") {
			t.Errorf("%s: %q", kernel.Limit(l), got)
		}
	}
}

func TestPathWays(t *testing.T) {
	for _, tt := range []struct {
		way  kernel.Way
		want string
	}{
		{kernel.Way{}, "no packets"},
		{kernel.Way{Packets: 1, Bytes: 52, Delivered: 1}, "1 packet, 52 bytes, all delivered"},
		{kernel.Way{Packets: 8214, Bytes: 12_000_000, Delivered: 8213}, "8,214 packets, 12,000,000 bytes, 8,213 delivered"},
		{kernel.Way{Packets: 9, Bytes: 900, Delivered: 6, Lost: 3, QueuePeakBytes: 64_000}, "9 packets, 900 bytes, 3 lost by chance; the queue held up to 64,000 bytes"},
		{kernel.Way{Packets: 9, Bytes: 900, Delivered: 10, Duplicated: 1}, "9 packets, 900 bytes, all delivered; 1 delivered twice"},
	} {
		p := &kernel.Path{}
		p.Ways[kernel.ServerEnd] = tt.way
		if got, want := report.PathWays(p)[1], "server → client: "+tt.want; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if late, missed := report.PathLate(p), report.PathMissed(p); late != "" || missed != "" {
			t.Errorf("%q, %q", late, missed)
		}
	}
}
