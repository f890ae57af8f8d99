// Package capturetest turns packets written as text into what the analyzer and
// the readers take, so that a test shows the packets it is about.
//
// One line is one segment, roughly as tcpdump would print it:
//
//	# time  who      flags  what
//	0.000   C > S    S      win 65535 mss 1460 ws 7 sackok
//	+0.001  S > C    S.     win 64240 mss 1460 ws 2
//	+0.001  C > S    .      win 512
//	0.100   C > S    P.     seq 1:101
//	+0      S > C    .      win 0
//	+0.200  C > S    .      seq una-1        # Linux's window probe
//	+0.000001 dup                            # the same packet once more
//
// # Lines
//
// "#" begins a comment; empty lines are ignored. The first word is the time in
// seconds: "1.5" counts from the base time, "+0.1" and "-0.1" from the line before.
//
// Lines without a time set things up for the lines after them:
//
//	host C 192.0.2.1:40000      who C is; also [2001:db8::1]:443
//	isn C 4294967290            C's initial sequence number; starts C anew
//	base 1700000000             Unix time, in seconds, of time 0
//
// C is 10.0.0.1:40000 with ISN 1000 and S is 10.0.0.2:3000 with ISN 5000 until
// a host line says otherwise; the base is 1,700,000,000. Another host's ISN is
// 1000 as long as no isn line follows its host line.
//
// # Fields
//
//	S S. . P. F. R R. PU.   flags as tcpdump writes them (E, W, e for ECE, CWR, AE; "none")
//	seq A   seq A:B         sequence numbers; B-A is the payload length
//	ack A   win N   len N   win is the raw 16-bit field
//	mss N   ws N   sackok   ts VAL ECR   sack A:B (up to twice; numbers of the peer)
//	urg N   ttl N   id N    urgent pointer, hop limit (64), IP ID
//	frame N                 frame number; the following lines count on
//	cut   malformed         the option list was cut by the snaplen, or was broken, after what stands here
//	quoted   fragment       see capture.Quoted, capture.Fragmented
//
// Sequence numbers are relative to the ISN of whoever they belong to, so that
// the SYN is 0 and the first byte of data 1; "=N" is a raw number. "una" and
// "nxt" stand for what the peer has acknowledged and for what comes after the
// highest byte sent; "una-1", "nxt+100" count from there.
//
// # What may be left out
//
// seq is nxt (before the first segment of a direction 0 for a SYN, else 1), ack
// is the peer's nxt, win what the same side said last in that direction (65535
// at first), id counts up per host from 1, frame counts up from 1.
package capturetest
