// Package capture turns captures into Segments: flat records of the TCP segments
// in them, one after the other.
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
//			log.Print(damage) // all before that place has been delivered
//			continue
//		}
//		...
//	}
//
// Open reads pcap, pcapng and what tcpdump printed, plain or compressed;
// Preopened.OpenAll reads many files as one, which Preopen can open for it while there is
// still the right to do so; a Decoder turns frames from elsewhere (a live capture)
// into segments. NextBatch is Next for many segments at once.
//
// # Trouble
//
// There are three tiers of it. An input that can't be read at all is an error of
// Open. Where a readable one breaks, Next returns a DamageError, once, and then
// io.EOF. Everything else is counted: each frame that gives no segment under one
// reason (Skip), and what is odd about those that do under a Note, so that the
// Counters always add up to the number of frames.
//
// # What is not in it
//
// No connection is tracked here, no window is scaled, no fragment is put
// together, no checksum is verified: a captured frame may well be one whose
// checksum the network card had yet to fill in.
package capture
