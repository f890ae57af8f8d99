//go:build linux

package experiment

import (
	"errors"
	"time"

	"winwatch/capture/kernel"
)

var rateLimited = Scenario{
	Name: "rate-limited", Chunk: 64 << 10, Teaches: LessonPath, check: checkTransfer, run: runRateLimited,
	Summary: "a slow path with a large queue: the queue fills, and the round trips grow",
	Link:    "delay=10ms,rate=20mbit,queue=2M",
	Expected: kernel.Expected{
		SetUp:  "the client sends more than the path carries, and a large queue takes it",
		Causes: []string{"path-queue", "path-rate"}, Limit: kernel.LimitNetwork,
	},
	Sensitive: transferSettings,
}

// rateHold is how long the sender sends: many round trips, even with the queue full.
const rateHold = 6 * time.Second

// runRateLimited sends more than the path carries: a queue builds up in front of its
// slowest link.
func runRateLimited(rn *runner) error {
	// CUBIC leaves slow start when the round trips grow (HyStart, RFC 9406). Reno only
	// does when the queue has overflowed.
	rn.congestion("cubic")
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	rn.hidden()
	switch rn.w.Congestion {
	case "reno":
		rn.alsoRight("Reno leaves slow start only when the queue has overflowed", "path-loss")
	case "bbr":
		rn.alsoRight("BBR paces what it sends, like a program that writes at that pace", "ok")
	}
	rn.step("the client sends all it can, the server reads")
	r, err := rn.transfer(rateHold)
	if err != nil {
		return err
	}
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	got, most, err := rn.goodput(seen)
	if err != nil {
		return err
	}
	least := 0.97
	if rn.paces() {
		least = 0.8 // it slows down now and then, to measure the empty path
	}
	rn.find(got/most > least && got/most < 1.03, "the rate of the path is the limit: the payload gets all of it but the headers",
		"%.2f Mbit/s of payload arrived; the link carries %.2f", got/1e6, most/1e6)
	rn.findQueue(seen)
	rn.findNetworkLimited()
	rn.findAllRead()
	return nil
}

// goodput returns how many bits of payload a second arrived while the sender had data
// that was not sent yet, and how many the link can carry.
func (rn *runner) goodput(seen *record) (got, most float64, err error) {
	rate := rn.ways[rn.w.Sender].Rate
	list := seen.sending()
	if rate == 0 || len(list) < 2 {
		return 0, 0, errors.New("this scenario needs a link with a rate, and time to fill it")
	}
	// Without the first fifth, in which the sender finds the rate.
	first, last := list[len(list)/5], list[len(list)-1]
	bytes := last.receiver.BytesReceived - first.receiver.BytesReceived
	took := time.Duration(last.receiver.Time - first.receiver.Time)
	share := float64(last.sender.SndMSS) / float64(rn.w.MTU)
	return float64(bytes) * 8 / took.Seconds(), float64(rate) * share, nil
}

// findQueue checks that the round trip is that of the empty path plus the time that the
// queue takes.
func (rn *runner) findQueue(seen *record) {
	var longest int64
	for _, m := range seen.sending() {
		longest = max(longest, m.sender.RTT)
	}
	way := rn.way(rn.w.Sender)
	wait := time.Duration(float64(way.QueuePeakBytes*8) / float64(rn.ways[rn.w.Sender].Rate) * 1e9)
	most := rn.rtt + wait
	// tcpi_rtt is a smoothed mean, which lags behind the peak: of a sender that paces itself,
	// whose queue is short-lived, by far. What the link delivers late, on a busy machine, comes
	// on top.
	late := way.Latest + rn.way(rn.receiverEnd()).Latest
	least := int64(8 * most / 10)
	if rn.paces() {
		least = int64(rn.rtt)
	}
	rn.find(longest > least && longest < int64(11*most/10+late),
		"what is sent beyond the rate waits in a queue, and every round trip takes that much longer",
		"the empty path takes %v, the queue held up to %d bytes, which take %v: %v in all; the kernel measured up to %v",
		rn.rtt, way.QueuePeakBytes, wait.Round(time.Millisecond), most.Round(time.Millisecond), time.Duration(longest).Round(time.Millisecond))
}
