package capture

// MaxCaptured is the most bytes of one frame that the readers take: twice the
// largest BIG TCP packet that Linux makes (GSO_MAX_SIZE, 8 × 65,535 bytes). A
// file that claims more is damaged; it does not get the memory.
const MaxCaptured = 1 << 20

// The magic numbers of pcap files, as read in the byte order of their writer.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // microseconds, record headers of 24 bytes
)
