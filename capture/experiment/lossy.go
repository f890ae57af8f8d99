//go:build linux

package experiment

import (
	"time"

	"winwatch/capture/kernel"
)

var lossy = Scenario{
	Name: "lossy", Chunk: 64 << 10, Teaches: LessonPath, run: runLossy,
	Summary: "a path that loses packets: each is sent again, and the sender slows down",
	Link:    "delay=10ms,rate=50mbit,queue=1M,loss=2%/0",
	Expected: kernel.Expected{
		SetUp:  "the path loses 2% of what the client sends",
		Causes: []string{"path-loss"}, Limit: kernel.LimitNetwork,
	},
	Sensitive: transferSettings,
}

// lossyHold is how long the sender sends.
const lossyHold = 5 * time.Second

// runLossy sends over a path that loses packets by chance.
func runLossy(rn *runner) error {
	rn.congestion("reno")
	if err := rn.connect(); err != nil {
		return err
	}
	before, sender := rn.way(rn.w.Sender), rn.sender.state()
	rn.step("the client sends, the server reads; the link loses packets")
	r, err := rn.transfer(lossyHold)
	if err != nil {
		return err
	}
	lost := dropped(rn.way(rn.w.Sender)) - dropped(before) // of the data: no FIN was sent yet
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	end, _ := rn.w.At(kernel.MomentEnd)
	again := end.Sender.TotalRetrans - sender.TotalRetrans
	spurious, _ := rn.w.Counter("TCPDSACKRecv")
	rn.find(lost > 0 && again >= lost && again <= lost+spurious, "what the path loses is sent again",
		"the link dropped %d packets; the sender sent %d segments again, %d of them for nothing (TCPDSACKRecv)", lost, again, spurious)
	rn.findNetworkLimited()
	rn.findAllRead()
	return nil
}
