//go:build linux

package experiment

import (
	"fmt"
	"time"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

var pathCut = Scenario{
	Name: "path-cut", Chunk: 1000, Teaches: LessonPath, run: runPathCut,
	Summary: "the path breaks during a stall: probes get no answer",
	Link:    "delay=20ms",
	Expected: kernel.Expected{
		SetUp:  "the path is cut while the window is closed",
		Causes: []string{"peer-gone"}, Limit: kernel.LimitWindow,
	},
	Sensitive: append([]Setting{SetHold}, filling...),
}

// cutProbes is how many probes get no answer. The first may be one that the receiver
// would not have answered (tcp_invalid_ratelimit, 500 ms), and of those that are left,
// three are not lost by chance.
const cutProbes = 4

// runPathCut stalls a flood and then cuts the path: the sender's probes get no answer.
func runPathCut(rn *runner) error {
	if rn.at() != AtClient {
		rn.w.Expected.SetUp += "; beyond the cut, only that it does not read shows"
		rn.w.Expected.Causes = []string{"receiver-not-reading"}
	}
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends %d bytes a call; the server never reads", rn.cfg.Chunk)
	f := rn.flood()
	if err := rn.probeAnswered(); err != nil {
		return err
	}
	rn.step("the path is cut")
	rn.link.Drop(func(link.Packet) bool { return true })
	before, cut := rn.reading(""), time.Now()
	if err := rn.holdCut(); err != nil {
		return err
	}
	silence := time.Since(cut)
	if err := rn.endBlocked(f); err != nil {
		return err
	}
	rn.findCut(&before, silence)
	rn.findConserved()
	rn.findProbes()
	return nil
}

// holdCut waits for the probes without an answer, or for Config.Hold.
func (rn *runner) holdCut() error {
	if rn.cfg.Hold > 0 {
		return rn.pause(rn.cfg.Hold)
	}
	before := rn.sampler.count()
	// The wait doubles with each probe, and one was sent before.
	limit := max(time.Duration(rn.sender.state().RTO), time.Duration(minProbeInterval))<<(cutProbes+1) + settleLimit
	return rn.await(fmt.Sprintf("%d probes got no answer", cutProbes), limit, func() bool {
		now := rn.sampler.count()
		return now.total >= before.total+cutProbes
	})
}

// findCut checks that the sender went on probing, that none of it arrived, and that
// neither end noticed anything.
func (rn *runner) findCut(before *kernel.Reading, silence time.Duration) {
	end, _ := rn.w.At(kernel.MomentEnd)
	s, r := &end.Sender, &end.Receiver
	sent := s.SegsOut - before.Sender.SegsOut
	lost := rn.way(rn.w.Sender).Filtered
	rn.find(sent > 0 && lost >= sent && s.SegsIn == before.Sender.SegsIn && r.SegsIn == before.Receiver.SegsIn,
		"what is sent on a path that is cut is lost, and no message says so",
		"in %.3f s the sender sent %d probes, the link dropped %d packets; %d segments came to the receiver, %d to the sender",
		silence.Seconds(), sent, lost, r.SegsIn-before.Receiver.SegsIn, s.SegsIn-before.Sender.SegsIn)
	// The last one before the cut may have got no answer either (tcp_invalid_ratelimit).
	rn.find(s.State == "ESTABLISHED" && r.State == "ESTABLISHED" && s.Probes == before.Sender.Probes+sent,
		"both ends still take the connection for a good one: the sender counts the probes without an answer, and gives up after 15 (net.ipv4.tcp_retries2)",
		"%s and %s; icsk_probes_out is %d", s.State, r.State, s.Probes)
}
