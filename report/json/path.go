package json

import "winwatch/capture/kernel"

// path writes what the link between two hosts did, in both directions.
func (j *writer) path(p *kernel.Path) {
	if p == nil {
		j.null("path")
		return
	}
	j.object("path", func() {
		j.string("spec", p.Spec)
		j.pathWay("client_to_server", &p.Ways[kernel.ClientEnd])
		j.pathWay("server_to_client", &p.Ways[kernel.ServerEnd])
	})
}

func (j *writer) pathWay(key string, w *kernel.Way) {
	j.object(key, func() {
		j.int("packets", w.Packets)
		j.int("entered_bytes", w.Bytes)
		j.int("delivered", w.Delivered)
		j.int("delivered_bytes", w.DeliveredBytes)
		j.int("queue_full", w.QueueFull)
		j.int("lost", w.Lost)
		j.int("filtered", w.Filtered)
		j.int("duplicated", w.Duplicated)
		j.int("reordered", w.Reordered)
		j.int("rewritten", w.Rewritten)
		j.int("missed", w.Missed)
		j.int("queue_peak_bytes", w.QueuePeakBytes)
		j.span("latest_ns", w.Latest)
	})
}
