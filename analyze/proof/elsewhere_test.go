package proof_test

import (
	"testing"

	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// TestElsewhere: what the sender's kernel knew is not compared with packets that the link
// kept from it. What the receiver's did is, and at the sender all is.
func TestElsewhere(t *testing.T) {
	for name, tt := range map[string]struct {
		at     string
		way    kernel.Way
		judged bool
	}{
		"dropped, at the server":        {"server", kernel.Way{Filtered: 1}, false},
		"changed, on the link":          {"link", kernel.Way{Rewritten: 1}, false},
		"dropped, at the client":        {"client", kernel.Way{Filtered: 1}, true},
		"lost by chance, at the server": {"server", kernel.Way{Lost: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			st, w := flooded()
			w.CapturedAt, w.Path = tt.at, &kernel.Path{Ways: [2]kernel.Way{kernel.ServerEnd: tt.way}}
			for _, r := range prove(st, w).Rows {
				switch r.Name {
				case "window seen", "probes", "time busy":
					if r.Judged != tt.judged || (r.Unjudged == proof.Elsewhere) == tt.judged {
						t.Errorf("%s: judged %v, because %q", r.Name, r.Judged, r.Unjudged)
					}
				case "receive queue", "send queue":
					if !r.Judged {
						t.Errorf("%s is not judged, because %s", r.Name, r.Unjudged)
					}
				}
			}
		})
	}
}
