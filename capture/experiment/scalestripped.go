//go:build linux

package experiment

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

var scaleStripped = Scenario{
	Name: "scale-stripped", Chunk: 1000, Teaches: LessonPath, run: runScaleStripped,
	Summary: "a middlebox removes the window scale option from the SYN-ACK: the client sees a tiny window",
	Link:    "delay=20ms,strip=/wscale",
	Expected: kernel.Expected{
		SetUp:  "the link removes the window scale option from the SYN-ACK",
		Causes: []string{"middlebox-scale"}, Limit: kernel.LimitWindow,
	},
	Sensitive: slices.Concat(filling, reading),
}

// stripHold is how long the sender tries to send.
const stripHold = 4 * time.Second

// runScaleStripped has the window scale option removed from the SYN-ACK on its way, as
// some middleboxes do: the server scales its window, and the client does not know.
func runScaleStripped(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends %d bytes a call, the server reads", rn.cfg.Chunk)
	f := rn.flood()
	rn.reader(rn.readSize(), rn.cfg.ReadInterval, nil, nil)
	if err := rn.pause(cmp.Or(rn.cfg.Hold, stripHold)); err != nil {
		return err
	}
	if err := rn.untilBlocked(f.thread, &rn.sender.sends, unix.SYS_SENDTO, "send"); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}
	rn.findMisread()
	rn.findConserved()
	return nil
}

// findMisread checks that the two ends disagree about the scale, and what that does.
func (rn *runner) findMisread() {
	end, _ := rn.w.At(kernel.MomentEnd)
	s, r := &end.Sender, &end.Receiver
	rewritten := rn.way(rn.receiverEnd()).Rewritten
	rn.find(r.WindowScaling == 1 && s.WindowScaling == 0 && rewritten > 0,
		"the server sent the option and scales its window; the client never got the option and takes the bare field for the window",
		"TCPI_OPT_WSCALE is %d at the server, with a shift of %d, and %d at the client; the link changed %d packet",
		r.WindowScaling, r.RcvShift, s.WindowScaling, rewritten)
	rn.find(s.SndWnd == r.RcvWnd>>r.RcvShift && s.RwndLimited*2 > s.Busy,
		"the client sees the server's window divided by 2 to the power of its shift",
		"the server offers %d bytes, the client sees %d; %d bytes arrived, and the window held it back for %.3f s of %.3f s",
		r.RcvWnd, s.SndWnd, r.BytesReceived, float64(s.RwndLimited)/1e9, float64(s.Busy)/1e9)
}
