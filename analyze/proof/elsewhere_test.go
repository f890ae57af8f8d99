package proof_test

import (
	"testing"

	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// TestElsewhere: what the kernels did is not compared with packets that were captured where
// they are not the same. The client sends.
func TestElsewhere(t *testing.T) {
	const client, server = "the packets were captured away from the client, and the link dropped, doubled, changed or reordered some of those it sent",
		"the packets were captured away from the server, and the link dropped, doubled, changed or reordered some of those it sent"
	type reasons map[string]string
	times := func(r reasons) reasons {
		r["time busy"], r["time limited by the window"] = proof.Away, proof.Away
		return r
	}
	for name, tt := range map[string]struct {
		at             string
		client, server kernel.Way
		back           int64 // bytes that the server sends
		want           reasons
	}{
		"all is well":                 {at: "client", want: reasons{}},
		"all is well, at the link":    {at: "link", want: times(reasons{})},
		"all is well, at the server":  {at: "server", want: times(reasons{})},
		"the client's, at the client": {at: "client", client: kernel.Way{Lost: 1}, want: reasons{}},
		"the client's, at the link":   {at: "link", client: kernel.Way{QueueFull: 1}, want: times(reasons{"probes": client, "keep-alives": client})},
		"the client's, at the server": {at: "server", client: kernel.Way{Duplicated: 1}, want: times(reasons{"probes": client, "keep-alives": client})},
		"both send data, at the link": {at: "link", client: kernel.Way{Lost: 1}, back: 1, want: times(reasons{"probes": client, "keep-alives": client, "to zero window": client, "from zero window": client})},
		"the server's, at the client": {at: "client", server: kernel.Way{Filtered: 1}, want: reasons{"keep-alives": server, "to zero window": server, "from zero window": server}},
		"both send, at the client":    {at: "client", server: kernel.Way{Filtered: 1}, back: 1, want: reasons{"probes": server, "keep-alives": server, "to zero window": server, "from zero window": server}},
		"the server's, at the server": {at: "server", server: kernel.Way{Reordered: 1}, want: times(reasons{"window seen": server})},
		"the server's, at the link":   {at: "link", server: kernel.Way{Rewritten: 1}, want: times(reasons{"window seen": server, "keep-alives": server, "to zero window": server, "from zero window": server})},
		"it is on its way: no matter": {at: "client", client: kernel.Way{Delivered: 9, QueuePeakBytes: 9}, want: reasons{}},
	} {
		t.Run(name, func(t *testing.T) {
			st, w := flooded()
			w.CapturedAt, w.Path = tt.at, &kernel.Path{Ways: [2]kernel.Way{tt.client, tt.server}}
			w.Readings[0].BackAcceptedBytes = tt.back
			for _, r := range prove(st, w).Rows {
				if r.Unjudged != tt.want[r.Name] || r.Judged != (tt.want[r.Name] == "") {
					t.Errorf("%s: judged %v, because %q, want %q", r.Name, r.Judged, r.Unjudged, tt.want[r.Name])
				}
			}
		})
	}
}

// TestElsewhereOfServer: if the server sends, its times are seen at the server.
func TestElsewhereOfServer(t *testing.T) {
	for at, judged := range map[string]bool{"server": true, "client": false} {
		st, w := flooded()
		w.Sender, w.CapturedAt, w.Path = kernel.ServerEnd, at, &kernel.Path{}
		for _, r := range prove(st, w).Rows {
			if r.Name == "time busy" && r.Judged != judged {
				t.Errorf("at the %s: judged %v", at, r.Judged)
			}
		}
	}
}
