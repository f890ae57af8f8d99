package analyze

// after and before compare sequence numbers modulo 2^32 (RFC 9293 3.4).

func after(a, b uint32) bool  { return int32(a-b) > 0 }
func before(a, b uint32) bool { return int32(a-b) < 0 }
