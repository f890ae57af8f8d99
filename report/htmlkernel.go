package report

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/proof"
	"winwatch/analyze/words"
	"winwatch/capture/kernel"
)

// kernelView is what the page tells of an experiment: the kernel's samples as
// columns, and the proof.
type kernelView struct {
	Dir int `json:"dir"`
	// Points follow in columns: time in ns relative to the begin of the capture,
	// and kernelColumns.
	Points   int         `json:"points"`
	Of       int         `json:"of"`
	Proof    []proofView `json:"proof"`
	Withheld string      `json:"withheld"`
	Accepted string      `json:"accepted"`
}

type proofView struct {
	Name       string `json:"name"`
	Inferred   string `json:"inferred"`
	Kernel     string `json:"kernel"`
	Difference string `json:"difference"`
	// Mark is "equal", "within", "differs", or empty where nothing is judged.
	Mark   string `json:"mark"`
	Method string `json:"method"`
	Source string `json:"source"`
}

// kernelColumns are the readings drawn, of the data in direction dir: unread
// bytes at the receiver, the sender's send queue and its view of the window.
func kernelColumns(s *kernel.Sample, dir analyze.Dir) [3]int64 {
	sender, receiver := &s.Client, &s.Server
	if dir == analyze.ServerToClient {
		sender, receiver = receiver, sender
	}
	return [3]int64{receiver.UnreadBytes, sender.SendQueueBytes, sender.SndWnd}
}

// addKernel adds the block of the experiment, if there was one.
func (c *htmlContent) addKernel(p *HTMLPage, head *htmlHead, room *int) error {
	if p.Proof == nil {
		return nil
	}
	head.Kernel = p.Proof.Stream
	view := kernelView{Dir: int(p.Proof.Dir), Of: len(p.Kernel), Withheld: p.Proof.Withheld}
	for i := range p.Proof.Rows {
		view.Proof = append(view.Proof, newProofView(&p.Proof.Rows[i]))
	}
	if a := p.Proof.Accepted; a != nil {
		view.Accepted = a.Explanation
	}
	for samples := p.Kernel; ; samples = thinKernel(samples, p.Proof.Dir) {
		view.Points = len(samples)
		text, err := packBlock(&view, packKernel(samples, p.Proof.Dir, p.Result.Begin))
		if err != nil {
			return err
		}
		if len(text) <= htmlMaxKernel || len(samples) < 16 {
			c.blocks = append(c.blocks, htmlBlock{"kernel", text})
			*room -= len(text) + 64
			return nil
		}
	}
}

func packKernel(samples []kernel.Sample, dir analyze.Dir, begin int64) []byte {
	var b []byte
	var last int64
	for i := range samples {
		t := samples[i].Time - begin
		b = binary.AppendVarint(b, t-last)
		last = t
	}
	for column := range kernelColumns(&kernel.Sample{}, dir) {
		last = 0
		for i := range samples {
			v := kernelColumns(&samples[i], dir)[column]
			b = binary.AppendVarint(b, v-last)
			last = v
		}
	}
	return b
}

// thinKernel leaves, of every eight samples, those in which a reading is
// smallest or largest: four at most.
func thinKernel(samples []kernel.Sample, dir analyze.Dir) []kernel.Sample {
	var out []kernel.Sample
	for len(samples) > 0 {
		n := min(8, len(samples))
		var low, high [3]int
		for i := range samples[:n] {
			for c, v := range kernelColumns(&samples[i], dir) {
				if v < kernelColumns(&samples[low[c]], dir)[c] {
					low[c] = i
				}
				if v > kernelColumns(&samples[high[c]], dir)[c] {
					high[c] = i
				}
			}
		}
		keep := map[int]bool{low[0]: true, high[0]: true, low[2]: true, high[2]: true}
		for i := range n {
			if keep[i] {
				out = append(out, samples[i])
			}
		}
		samples = samples[n:]
	}
	return out
}

func newProofView(r *proof.Row) proofView {
	show := func(v *int64) string { return displayUnit(v, r.Unit) }
	v := proofView{
		Name: r.Name, Inferred: show(r.Inferred), Kernel: show(r.Kernel), Difference: show(r.Difference),
		Method: r.Method, Source: r.Source,
	}
	if !r.Exact && (r.Low != nil || r.High != nil) {
		v.Inferred = estimated(&analyze.Estimate{Low: r.Low, High: r.High}, func(n int64) string { return displayUnit(&n, r.Unit) })
		v.Difference = ""
	}
	switch {
	case !r.Judged:
	case !r.OK:
		v.Mark = "differs"
	case r.Exact:
		v.Mark = "equal"
	default:
		v.Mark = "within"
	}
	return v
}

// displayUnit writes a number of a proof in full, as the comparison is exact.
func displayUnit(v *int64, unit string) string {
	switch {
	case v == nil:
		return "unknown"
	case unit == "ns":
		return words.Duration(time.Duration(*v))
	case unit == "count":
		return strconv.FormatInt(*v, 10)
	}
	return fmt.Sprintf("%s %s", words.Count(*v), unit)
}
