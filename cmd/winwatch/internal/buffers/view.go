// Package buffers shows on a terminal how the buffers of a running experiment fill
// and drain, and says in plain words what is happening.
package buffers

import (
	"time"

	"winwatch/capture/kernel"
)

// View is what one picture shows. Numbers that the kernel did not report are
// kernel.Unknown.
type View struct {
	Elapsed time.Duration
	// Now is what is happening.
	Now Sentence
	// From is the sending program, To the receiving one.
	From, To Program
	// SendBuffer and ReceiveBuffer are the kernels' buffers between them.
	SendBuffer, ReceiveBuffer Tank
	Window                    Window
}

// Sentence says what is happening in plain words.
type Sentence struct {
	// Kind tells sentences apart that differ by more than numbers.
	Kind int
	Text string
	// At is when this kind was said, with the words of First, after another one.
	At    time.Duration
	First string
	// Dull is set if it tells nothing that one may have to read.
	Dull bool
}

// Program is a program at one end of the connection.
type Program struct {
	End kernel.End
	// Bytes is what its calls have moved.
	Bytes int64
	// Waits is set while its call does not return.
	Waits bool
}

// Tank is a socket buffer. Data of its bytes are payload, of which Rest are still to
// be sent or read; Memory is what they occupy of Size.
type Tank struct{ Data, Rest, Memory, Size int64 }

// Window is what the receiver offers, in bytes. Largest is the most it has offered
// so far, InFlight what is sent and not yet acknowledged.
type Window struct{ Offered, Largest, InFlight int64 }

// Follower turns the samples of one experiment into views.
type Follower struct {
	// Sender is the end whose data the experiment is about.
	Sender kernel.End

	narrator narrator
	began    int64
	largest  int64
}

// Add returns the view of the sample. Samples must be added in order of time.
func (f *Follower) Add(s kernel.Sample) View {
	if f.began == 0 {
		f.began = s.Time
	}
	m := newMoment(&s, f.Sender)
	m.elapsed = time.Duration(s.Time - f.began)
	f.largest = max(f.largest, m.from.SndWnd)
	return View{
		Now:     f.narrator.tell(m),
		Elapsed: m.elapsed,
		From:    Program{End: f.Sender, Bytes: s.Send.Bytes, Waits: m.blocked >= noticed},
		To:      Program{End: f.Sender.Peer(), Bytes: s.Recv.Bytes, Waits: m.waiting >= noticed},
		SendBuffer: Tank{Data: m.from.SendQueueBytes, Rest: m.from.NotSentBytes,
			Memory: m.from.WmemQueued, Size: m.from.SndBuf},
		ReceiveBuffer: Tank{Data: m.to.UnreadBytes, Rest: m.to.UnreadBytes,
			Memory: m.to.RmemAlloc, Size: m.to.RcvBuf},
		Window: Window{Offered: m.from.SndWnd, Largest: f.largest, InFlight: m.inFlight},
	}
}
