package analyze_test

import (
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/analyzetest"
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// TestDroppedPackets: dropped packets cause a warning and lower the confidence of the
// verdicts they could affect, wherever those appear.
func TestDroppedPackets(t *testing.T) {
	const stall = fill + "+0.300 C > S . seq una-1\n+0 S > C ."
	for _, tc := range []struct {
		name, text    string
		kernel, iface uint64
		confidence    string
		warning       string
	}{
		{"none", stall, 0, 0, "high", ""},
		{"by the kernel", stall, 1, 0, "medium", "1 packet dropped by the kernel, from"},
		{"by the interface", stall, 0, 1200, "medium", "1,200 packets dropped at the interface or by the capturing program, from"},
		{"by both", stall, 5, 2, "medium", "7 packets dropped, 5 by the kernel and 2 at the interface or by the capturing program, from"},
		{"a window that was full", fill + "+1 S > C .", 1, 0, "low", "1 packet dropped"},
		{"one direction", "0 C > S . len 10", 1, 0, "low", "1 packet dropped"},
		{"no data", handshake, 1, 0, "medium", "1 packet dropped"},
		{"refused all the same", "0 C > S S\n+0 S > C R. seq 0 ack 1", 1, 0, "high", "1 packet dropped"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := analyzetest.Text(t, tc.text)
			src.Input.Noted[capture.KernelDrops], src.Input.Noted[capture.InterfaceDrops] = tc.kernel, tc.iface
			r, _ := analyzetest.Run(t, src)
			verdicts := []analyze.Verdict{r.Verdicts[0], r.Stream(0).Verdict, r.Worst(1)[0].Verdict, r.Worst(1)[0].Verdict}
			for s := range r.All() {
				verdicts = append(verdicts, s.Verdict)
			}
			for i, v := range verdicts {
				if v.Confidence != cause.Confidence(tc.confidence) || v.Because != verdicts[0].Because {
					t.Errorf("verdict %d: %s confidence (%s), want %s", i, v.Confidence, v.Because, tc.confidence)
				}
			}
			switch {
			case tc.warning == "" && len(r.Warnings) > 0:
				t.Errorf("warnings: %+v", r.Warnings)
			case tc.warning == "":
			case len(r.Warnings) != 1 || r.Warnings[0].Code != "dropped-packets" ||
				r.Warnings[0].Count != int64(tc.kernel+tc.iface) || !strings.Contains(r.Warnings[0].Text, tc.warning):
				t.Errorf("warnings: %+v, want %q in it", r.Warnings, tc.warning)
			}
			if r.Stream(1) != nil {
				t.Error("there is a second stream")
			}
		})
	}
}
