package cause

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// says reports whether a finding gives some text as evidence, as a cure, or otherwise.
func (f *Finding) says(text string) bool {
	return strings.Contains(f.Sentence, text) || strings.Contains(f.Cure, text) || strings.Contains(f.Settle, text) ||
		strings.Contains(f.Because, text) || slices.ContainsFunc(f.Excluded, func(s string) bool { return strings.Contains(s, text) }) ||
		slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return strings.Contains(e.Text, text) })
}

// unjudged makes so much of the time of client's data unjudged, and the rest idle.
func unjudged(f *Facts, d time.Duration) {
	f.Flows[0].Spent = Times{}
	f.Flows[0].Spent[Unjudged], f.Flows[0].Spent[Idle] = d, f.Total-d
}

// TestCannotTell: what the capture does not show is no fault of anybody, and the finding
// says what is missing, what can be told, and how to capture it.
func TestCannotTell(t *testing.T) {
	hole := func(f *Facts, missing, largest int64, gaps int64) {
		f.Flows[0].LargestWindow = 65_535
		f.Flows[0].Captured.Missing, f.Flows[0].Captured.LargestGap, f.Flows[0].Captured.Gaps = missing, largest, gaps
		f.Flows[0].Captured.FirstGap = Mark{Frame: 8, Time: 1}
	}
	for _, tc := range []struct {
		name   string
		change func(*Facts)
		code   Code
		says   []string
		not    string
	}{
		{"most of it was carried past the capture", func(f *Facts) {
			unjudged(f, 9*time.Second)
			hole(f, 5_000_000, 5_000_000, 1)
		}, CannotTell, []string{"5,000,000 bytes that 10.0.0.1:40000 sent were not captured", "offload", "flowtable"}, "here and there"},
		{"packets are missing here and there", func(f *Facts) {
			unjudged(f, 9*time.Second)
			hole(f, 50_000, 2920, 30)
		}, CannotTell, []string{"in 30 places", "here and there", "not loss: none of it was sent again", "tcpdump -B"}, "offload"},
		{"the scale is unknown, and the window may have been full", func(f *Facts) {
			unjudged(f, 9*time.Second)
			f.Flows[0].RTT = 100 * time.Millisecond
			f.Flows[0].Captured.ScaleUnknown, f.Flows[0].Captured.LargestField, f.Flows[0].Captured.InFlight = true, 5840, 5840
		}, CannotTell, []string{"the scale of the window is unknown", "it set the pace, at 5,840 bytes in a round trip of 0.100 s", "ss -ti on 10.0.0.2"}, ""},
		{"the scale is unknown, but its bound is known", func(f *Facts) {
			unjudged(f, 9*time.Second)
			f.Flows[0].Captured.ScaleUnknown, f.Flows[0].Captured.LargestField, f.Flows[0].Captured.InFlight, f.Flows[0].Captured.MinShift = true, 5840, 11_680, 1
		}, CannotTell, []string{"the largest window was at least 11,680 bytes"}, ""},
		{"the scale is unknown, and the window was never full", func(f *Facts) {
			unjudged(f, 9*time.Second)
			f.Flows[0].Captured.ScaleUnknown, f.Flows[0].Captured.LargestField, f.Flows[0].Captured.InFlight = true, 65_535, 5840
		}, CannotTell, []string{"it was never full"}, "set the pace"},
		{"drops", func(f *Facts) { unjudged(f, 9*time.Second); f.Dropped = true }, CannotTell, []string{"the capture itself reports"}, ""},
		{"a little", func(f *Facts) { unjudged(f, time.Second) }, Healthy, nil, ""},
		{"of the direction with less data", func(f *Facts) {
			unjudged(f, 9*time.Second)
			f.Flows[1].Bytes, f.Flows[1].DataSegments = 1e6, 1000
		}, Healthy, nil, ""},
		{"of the direction with more data, which was not captured", func(f *Facts) {
			unjudged(f, 9*time.Second)
			hole(f, 5_000_000, 5_000_000, 1)
			f.Flows[1].Bytes, f.Flows[1].DataSegments = 1e6, 1000
		}, CannotTell, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := New(DefaultLimits()).Explain(facts(tc.change)).Verdict
			if v.Code != tc.code || v.Code == CannotTell && (v.Confidence != Low || v.Settle == "" || v.Party != Capture) {
				t.Errorf("%+v\nwant %s", v, tc.code)
			}
			for _, text := range tc.says {
				if !v.says(text) {
					t.Errorf("%+v\ndoes not say %q", v, text)
				}
			}
			if tc.not != "" && v.says(tc.not) {
				t.Errorf("%+v\nsays %q", v, tc.not)
			}
		})
	}
}

// TestMissingDataIsDoubt: no finding is sure if much of the data was not captured, and
// loss on the path is not even likely if any was.
func TestMissingDataIsDoubt(t *testing.T) {
	v := New(DefaultLimits()).Explain(facts(func(f *Facts) {
		f.Flows[0].resend(3)
		f.Flows[0].Captured.Missing = 1000
	})).Verdict
	if v.Code == PathLoss && v.Confidence != Low {
		t.Errorf("%s, %s: %s", v.Code, v.Confidence, v.Because)
	}
	v = New(DefaultLimits()).Explain(facts(func(f *Facts) { f.Flows[0].Captured.Missing = 10_000 })).Verdict
	if v.Code != Healthy || v.Confidence != Medium || !v.says("misses 10,000 bytes") {
		t.Errorf("%s, %s: %s", v.Code, v.Confidence, v.Because)
	}
}
