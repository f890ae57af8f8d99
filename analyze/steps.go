package analyze

// steps counts the steps of every loop whose length the senders of packets influence.
// Tests hold them below a bound a segment, in every attack.
type steps struct {
	probes     uint64 // entries of the table passed over
	holes      uint64 // holes looked at
	stalls     uint64 // listed stalls looked at
	candidates uint64 // streams looked at for eviction
}
