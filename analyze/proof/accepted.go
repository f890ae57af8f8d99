package proof

import (
	"fmt"

	"winwatch/analyze"
	"winwatch/capture/words"
)

// Accepted compares the bytes that the sending application counted, those that
// send() accepted, with what the packets show, and with the folklore estimate of a
// window, "everything sent / 2".
type Accepted struct {
	Stream int64
	Dir    analyze.Dir
	// Bytes is what send() accepted; Half is half of it, the folklore estimate.
	Bytes, Half int64
	// Absorbed is what the receiver acknowledged; Backlog is exactly what was left at
	// the sender.
	Absorbed, Backlog int64
	// LargestWindow is the largest advertised window; nil if unknown.
	LargestWindow *int64
	// Explanation says why Half is not the size of the window or of either buffer.
	Explanation string
}

// NewAccepted accounts for the bytes that send() accepted in direction dir of st. It
// returns an error if the packets show that more was sent or acknowledged.
func NewAccepted(st *analyze.Stream, dir analyze.Dir, bytes int64) (*Accepted, error) {
	d := &st.Dirs[dir]
	if bytes < d.UniqueBytes {
		return nil, fmt.Errorf("stream %d: %s sent %s bytes, more than the %s that its application reportedly counted",
			st.ID, d.Sender, words.Count(d.UniqueBytes), words.Count(bytes))
	}
	if bytes < d.AckedBytes { // some were not captured
		return nil, fmt.Errorf("stream %d: %s bytes from %s were acknowledged, more than the %s that its application reportedly counted",
			st.ID, words.Count(d.AckedBytes), d.Sender, words.Count(bytes))
	}
	a := &Accepted{
		Stream: st.ID, Dir: dir, Bytes: bytes, Half: bytes / 2,
		Absorbed: d.AckedBytes, Backlog: bytes - d.AckedBytes, LargestWindow: d.Window.Largest,
	}
	a.Explanation = fmt.Sprintf("everything sent / 2 = %s assumes that both buffers are equal and calls one of them the window. "+
		"Of the %s bytes accepted, %s went to the receiver and %s stayed with the sender: two buffers that grow by different rules",
		words.Count(a.Half), words.Count(a.Bytes), words.Count(a.Absorbed), words.Count(a.Backlog))
	if a.LargestWindow != nil {
		a.Explanation += fmt.Sprintf("; and no window larger than %s was ever advertised", words.Count(*a.LargestWindow))
	}
	return a, nil
}
