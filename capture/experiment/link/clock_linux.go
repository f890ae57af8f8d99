package link

import "time"

// A clock tells the Unix time in nanoseconds, as it was when the link was opened plus
// what has passed since: it does not jump when somebody sets the time.
type clock struct{ base time.Time }

// now returns the clock's time and the system's.
func (c clock) now() (now, system int64) {
	t := time.Now()
	return c.base.UnixNano() + int64(t.Sub(c.base)), t.UnixNano()
}

// maxLag bounds how late a packet may be read: more means that the time was set.
const maxLag = int64(time.Second)

// arrival converts a time stamp of the kernel, which uses the system's time.
func (c clock) arrival(stamp int64) int64 {
	now, system := c.now()
	return now - min(max(system-stamp, 0), maxLag)
}
