package capture

// MaxCaptured is the largest number of bytes per frame that the readers accept:
// twice the largest BIG TCP packet of Linux (GSO_MAX_SIZE, 8 × 65,535 bytes). A
// file that claims more is damaged, and no memory is allocated for it.
const MaxCaptured = 1 << 20

// The magic numbers of pcap files, read in the writer's byte order.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // microseconds, record headers of 24 bytes
)
