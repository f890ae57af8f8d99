// Package capture turns captures into Segments: flat records of their TCP
// segments, one after the other.
//
//	r, err := capture.Open("flood.pcap.gz")
//	...
//	defer r.Close()
//	var s capture.Segment
//	for {
//		err := r.Next(&s)
//		if err == io.EOF {
//			break
//		}
//		if damage := (*capture.DamageError)(nil); errors.As(err, &damage) {
//			log.Print(damage) // everything before it has been delivered
//			continue
//		}
//		...
//	}
//
// Open reads pcap, pcapng, snoop, Network Monitor, ERF and tcpdump's text output,
// plain or compressed.
// Preopened.OpenAll reads many files as one; Preopen opens them while the process
// still has the privileges to do so. A Decoder turns frames from elsewhere, such
// as a live capture, into segments. NextBatch is Next for many segments at once.
//
// # Errors and oddities
//
// There are three levels. Open fails if an input can't be read at all. Where a
// readable input breaks, Next returns a DamageError once, and then io.EOF.
// Everything else is counted: a frame without a segment under one reason (Skip),
// an oddity of a segment under a Note. The Counters always add up to the number
// of frames.
//
// # What it leaves out
//
// This package tracks no connections, scales no windows, reassembles no fragments
// and verifies no checksums: the network card may not have filled in the checksum
// of a captured frame yet.
package capture
