package analyze

// steps counts the steps of the loops whose length the senders of packets influence,
// together with table.passed. Tests hold them below a bound a segment, in every attack.
type steps struct {
	holes      uint64 // holes looked at
	stalls     uint64 // listed stalls looked at
	candidates uint64 // streams looked at for eviction
	evicted    uint64 // streams evicted
}
