// Package capturetest turns packets written as text into segments and capture
// files, so that a test shows the packets it is about.
//
// One line is one segment, roughly in tcpdump's format:
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
// seconds: "1.5" counts from the base time, "+0.1" and "-0.1" from the previous line.
//
// Lines without a time apply to the lines after them:
//
//	host C 192.0.2.1:40000      C's endpoint; also [2001:db8::1]:443
//	isn C 4294967290            C's initial sequence number; starts C anew
//	base 1700000000             Unix time, in seconds, of time 0
//
// C is 10.0.0.1:40000 with ISN 1000 and S is 10.0.0.2:3000 with ISN 5000 until
// a host line says otherwise; the base is 1,700,000,000. A new host's ISN is 1000
// until an isn line changes it.
//
// # Fields
//
//	S S. . P. F. R R. PU.   flags as tcpdump writes them (E, W, e for ECE, CWR, AE; "none")
//	seq A   seq A:B         sequence numbers; B-A is the payload length
//	ack A   win N   len N   win is the raw 16-bit field
//	mss N   ws N   sackok   ts VAL ECR   sack A:B (up to twice; numbers of the peer)
//	urg N   ttl N   id N    urgent pointer, hop limit (64), IP ID
//	frame N                 frame number; the following lines count on
//	cut   malformed         the snaplen cut the option list, or it was broken, after the options given
//	quoted   fragment       see capture.Quoted, capture.Fragmented
//
// Sequence numbers are relative to the ISN of their sender: the SYN is 0, the first
// byte of data 1. "=N" is a raw number. "una" is the first number the peer has not
// acknowledged, "nxt" the one after the highest byte sent; "una-1" and "nxt+100"
// count from there.
//
// # Defaults
//
// seq defaults to nxt (in the first segment of a direction: 0 for a SYN, else 1),
// ack to the peer's nxt, win to the last value in the same direction (65535 at
// first). id counts up per host from 1, frame counts up from 1.
package capturetest
