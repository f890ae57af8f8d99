package cause

import (
	"testing"
	"time"
)

// bulk are the facts of a stream that sends for 10 s without a break: its window has room,
// and an ACK lets it go on.
func bulk(change func(f *Facts, d *Flow, p *Pace)) *Facts {
	return facts(func(f *Facts) {
		d := &f.Flows[0]
		d.spend(Flight, f.Total)
		d.RTT, d.DataSegments, d.MaxSegment, d.Bytes, d.LargestWindow, d.UsualWindow = 50*ms, 800, 1460, 1_168_000, 3_000_000, 3_000_000
		d.Pace = Pace{Rounds: 200, Next: 199, Clocked: 199, Roomy: 200, MeanRTT: 50 * ms, LongestRTT: 52 * ms, Most: 5840, Rate: 116_800, Fastest: 120_000}
		change(f, d, &d.Pace)
	})
}

func steady(p *Pace) { p.Steady, p.SteadyRounds, p.SteadyRoomy = 5840, 200, 200 }

// away moves the capture point to the receiver.
func away(d *Flow) { d.NearReceiver, d.ToSender, d.Acked = true, d.RTT, d.Bytes }

// squeezed makes the window the limit, which was larger before.
func squeezed(d *Flow, p *Pace) {
	d.Spent[Full], d.Spent[Flight] = d.Spent[Flight], 0
	p.FullWaits, p.Squeezed = 200, 180
}

func queued(p *Pace) {
	p.QueueGrowth, p.MeanRTT, p.LongestRTT, p.Most, p.Grew = 0.97, 70*ms, 90*ms, 200_000, 150
}

// TestPace: what set the pace while data was in flight, and what does not show it.
func TestPace(t *testing.T) {
	for _, tc := range []struct {
		name       string
		change     func(f *Facts, d *Flow, p *Pace)
		code       Code
		confidence Confidence
		wait       time.Duration
	}{
		{"nothing in particular", func(*Facts, *Flow, *Pace) {}, Healthy, Medium, 0},
		{"a fixed amount in flight", func(_ *Facts, _ *Flow, p *Pace) { steady(p) }, SenderLimited, Medium, 10 * time.Second},
		{"and a loss that cut it", func(_ *Facts, d *Flow, p *Pace) { steady(p); d.resend(1); p.Cuts, p.LossCuts = 1, 1 }, Healthy, Medium, 0},
		{"and a needless retransmission before a smaller burst", func(_ *Facts, d *Flow, p *Pace) {
			steady(p)
			d.resend(1)
			p.Cuts, p.LossCuts, p.Recoveries, p.Spurious = 1, 1, 1, 1
		}, SenderLimited, Medium, 10 * time.Second},
		{"and a retransmission that changed nothing", func(_ *Facts, d *Flow, p *Pace) { steady(p); d.resend(1) }, SenderLimited, Medium, 10 * time.Second},
		{"and a window not much larger", func(_ *Facts, _ *Flow, p *Pace) { steady(p); p.SteadyRoomy = 100 }, Healthy, Medium, 0},
		{"and that is the bare window field, again and again", func(f *Facts, d *Flow, p *Pace) {
			p.BareRounds, p.BareField, p.BareTo = 5, 78, Mark{Frame: 90, Time: f.First.Time + int64(9*time.Second)}
		}, MiddleboxScale, Medium, 9 * time.Second},
		{"and it is answered", func(f *Facts, _ *Flow, p *Pace) {
			p.BareRounds, p.BareField, p.BareTo = 5, 64, Mark{Frame: 90, Time: f.First.Time + int64(9*time.Second)}
			f.Flows[1].DataSegments = 200
		}, Healthy, Medium, 0},
		{"and it is a segment or nearly", func(f *Facts, d *Flow, p *Pace) {
			steady(p)
			p.BareRounds, p.BareField, p.BareTo = 5, 1000, Mark{Frame: 90, Time: f.First.Time + int64(9*time.Second)}
		}, SenderLimited, Medium, 10 * time.Second},
		{"and only four times", func(f *Facts, d *Flow, p *Pace) {
			p.BareRounds, p.BareField, p.BareTo = 4, 78, Mark{Frame: 90, Time: f.First.Time + int64(9*time.Second)}
		}, Healthy, Medium, 0},
		{"and answers", func(f *Facts, _ *Flow, p *Pace) { steady(p); f.Flows[1].DataSegments = 200 }, Healthy, Medium, 0},
		{"and pauses", func(_ *Facts, d *Flow, p *Pace) {
			steady(p)
			d.Spent[Flight], d.Spent[Idle] = 5*time.Second, 5*time.Second
		}, Healthy, Medium, 0},
		{"one message at a time", func(_ *Facts, d *Flow, p *Pace) { steady(p); d.MaxSegment = 5840 }, Healthy, Medium, 0},
		{"at its own pace", func(_ *Facts, _ *Flow, p *Pace) { steady(p); p.Clocked = 60 }, Healthy, High, 0},
		{"small segments", func(_ *Facts, d *Flow, p *Pace) { steady(p); d.MSS, d.MeanSegment = 1460, 100 }, Healthy, Medium, 0},
		{"for a few round trips", func(_ *Facts, _ *Flow, p *Pace) { steady(p); p.SteadyRounds = 9 }, Healthy, Medium, 0},
		{"for less than half", func(_ *Facts, _ *Flow, p *Pace) { steady(p); p.SteadyRounds = 90 }, Healthy, Medium, 0},
		{"seen near the receiver", func(_ *Facts, d *Flow, p *Pace) { steady(p); away(d) }, Healthy, Low, 0},
		{"and fills four fifths of the window", func(_ *Facts, d *Flow, p *Pace) { steady(p); away(d); d.UsualWindow = 7300 }, WindowLimited, Medium, 8 * time.Second},
		{"and fills most of it", func(_ *Facts, d *Flow, p *Pace) { steady(p); away(d); d.UsualWindow = 8000 }, Healthy, Low, 0},
		{"a message at a time", func(_ *Facts, d *Flow, p *Pace) { steady(p); away(d); d.Acked = 50_000 }, Healthy, Medium, 0},
		{"a small window", func(_ *Facts, d *Flow, p *Pace) { squeezed(d, p) }, ReceiverSlow, Medium, 10 * time.Second},
		{"that was never larger", func(_ *Facts, d *Flow, p *Pace) { squeezed(d, p); p.Squeezed = 80 }, WindowLimited, High, 10 * time.Second},
		{"for as long as hosts need", func(_ *Facts, d *Flow, p *Pace) { squeezed(d, p); p.FullWaits, p.Squeezed = 20_000, 20_000 }, WindowLimited, Medium, 10 * time.Second},
		{"with a queue", func(_ *Facts, _ *Flow, p *Pace) { steady(p); p.MeanRTT = 100 * ms }, Healthy, Medium, 0},

		{"round trips that grow with it", func(_ *Facts, _ *Flow, p *Pace) { queued(p) }, PathRate, Medium, 10 * time.Second},
		{"and are four times as long", func(_ *Facts, _ *Flow, p *Pace) { queued(p); p.MeanRTT = 200 * ms }, PathQueue, Medium, 7500 * ms},
		{"that grow for another reason", func(_ *Facts, _ *Flow, p *Pace) { queued(p); p.QueueGrowth = 0.3 }, Healthy, Medium, 0},
		{"that grow a little", func(_ *Facts, _ *Flow, p *Pace) { queued(p); p.MeanRTT = 60 * ms }, Healthy, Medium, 0},
		{"and an application with a pace", func(_ *Facts, _ *Flow, p *Pace) { queued(p); p.Clocked = 60 }, Healthy, High, 0},

		{"it grows and is cut", func(_ *Facts, _ *Flow, p *Pace) { p.Cuts, p.LossCuts, p.Grew = 5, 5, 100 }, CongestionWindow, Medium, 10 * time.Second},
		{"it is cut without a loss", func(_ *Facts, _ *Flow, p *Pace) { p.Cuts, p.Grew = 5, 100 }, Healthy, Medium, 0},
		{"it is cut once", func(_ *Facts, _ *Flow, p *Pace) { p.Cuts, p.Grew = 1, 100 }, Healthy, Medium, 0},

		{"recovery", func(_ *Facts, d *Flow, p *Pace) {
			d.resend(20)
			p.Recoveries = 10
			d.Spent[Flight], d.Spent[Recovering] = 9*time.Second, time.Second
		}, PathLoss, Medium, time.Second},
		{"and the capture lacks some", func(_ *Facts, d *Flow, p *Pace) {
			d.resend(20)
			p.Recoveries, d.Captured.Missing = 10, 3000
			d.Spent[Flight], d.Spent[Recovering] = 9*time.Second, time.Second
		}, PathLoss, Low, time.Second},
		{"a SYN was lost", func(_ *Facts, d *Flow, _ *Pace) {
			d.Retransmissions = 1
			d.Spent[Flight], d.Spent[Recovering] = 9*time.Second, time.Second
		}, PathLoss, Low, time.Second},
		{"the capture lacks some of it", func(_ *Facts, d *Flow, _ *Pace) { d.Captured.Missing = 3000 }, Healthy, Medium, 0},
		{"nothing was lost", func(_ *Facts, d *Flow, p *Pace) { d.resend(20); p.Recoveries, p.Spurious = 10, 10 }, Healthy, Medium, 0},
		{"the receiver refused it", func(_ *Facts, d *Flow, p *Pace) { d.resend(20); p.Recoveries, d.Refused.Copies = 10, 20 }, Healthy, Medium, 0},

		{"delayed ACKs", func(_ *Facts, d *Flow, p *Pace) {
			d.Spent[Flight], d.Spent[Delayed] = 8*time.Second, 2*time.Second
			p.Delays, p.LongestDelay = 50, 40*ms
		}, DelayedACK, High, 2 * time.Second},
		{"few of them", func(_ *Facts, d *Flow, p *Pace) {
			d.Spent[Flight], d.Spent[Delayed] = 9800*ms, 200*ms
			p.Delays, p.LongestDelay = 5, 40*ms
		}, DelayedACK, Medium, 200 * ms},

		{"a full window", func(_ *Facts, d *Flow, p *Pace) {
			d.Spent[Flight], d.Spent[Full] = 5*time.Second, 5*time.Second
			p.FullWaits = 100
		}, WindowLimited, High, 5 * time.Second},
		{"a full window, and ACKs that come late", func(_ *Facts, d *Flow, p *Pace) {
			d.Spent[Flight], d.Spent[Full] = 5*time.Second, 5*time.Second
			p.FullWaits = 20
		}, WindowLimited, Medium, 5 * time.Second},
		{"a window that is held for as long as hosts need", func(_ *Facts, d *Flow, p *Pace) {
			d.Spent[Flight], d.Spent[Held] = 9100*ms, 900*ms
			p.HeldWaits, p.LongestHeld = 5000, 3*ms
		}, Healthy, Medium, 0},
		{"a window that is held", func(_ *Facts, d *Flow, p *Pace) {
			d.Spent[Flight], d.Spent[Full], d.Spent[Held] = 4*time.Second, time.Second, 5*time.Second
			p.HeldWaits, p.LongestHeld = 20, 300*ms
		}, ReceiverSlow, Medium, 5 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, f := New(DefaultLimits()), bulk(tc.change)
			got := c.Explain(f).Verdict
			if got.Code != tc.code || got.Confidence != tc.confidence || got.Wait != tc.wait {
				t.Errorf("%s, %s, %v: %s\nwant %s, %s, %v", got.Code, got.Confidence, got.Wait, got.Sentence, tc.code, tc.confidence, tc.wait)
			}
		})
	}
}
