package html

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/proof"
	"winwatch/analyze/words"
	"winwatch/capture/kernel"
	"winwatch/report"
)

// kernelView is the page's data about an experiment: the kernel's samples as columns, and
// the proof.
type kernelView struct {
	Dir int `json:"dir"`
	// Points is the number of samples that follow in columns: time in ns since the begin
	// of the capture, and kernelColumns. Of is the number of samples taken.
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
	// Mark is "equal", "within", "differs", or empty if the row is not judged.
	Mark   string `json:"mark"`
	Method string `json:"method"`
	Source string `json:"source"`
}

// kernelColumns returns the readings to draw for the data in direction dir: unread bytes at
// the receiver, the sender's send queue, and the window that the sender sees.
func kernelColumns(s *kernel.Sample, dir analyze.Dir) [3]int64 {
	sender, receiver := &s.Client, &s.Server
	if dir == analyze.ServerToClient {
		sender, receiver = receiver, sender
	}
	return [3]int64{receiver.UnreadBytes, sender.SendQueueBytes, sender.SndWnd}
}

// addKernel adds the block of the experiment, if there was one, and takes its size from
// space.
func (c *content) addKernel(h *head, space *int) error {
	if c.Proof == nil {
		return nil
	}
	h.Kernel = c.Proof.Stream
	view := kernelView{Dir: int(c.Proof.Dir), Of: len(c.Kernel), Withheld: c.Proof.Withheld}
	for i := range c.Proof.Rows {
		view.Proof = append(view.Proof, newProofView(&c.Proof.Rows[i]))
	}
	if a := c.Proof.Accepted; a != nil {
		view.Accepted = a.Explanation
	}
	for samples := c.Kernel; ; samples = thinKernel(samples, c.Proof.Dir) {
		view.Points = len(samples)
		text, err := packBlock(&view, packKernel(samples, c.Proof.Dir, c.Result.Begin))
		if err != nil {
			return err
		}
		if len(text) <= maxKernel || len(samples) < 16 {
			c.blocks = append(c.blocks, block{"kernel", text})
			*space -= len(text) + 64
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

// thinKernel keeps, of every eight samples, those with the smallest and largest unread
// bytes and window: at most four.
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
		between := analyze.NewEstimate("", nil, r.Low, r.High)
		v.Inferred = report.Estimated(&between, func(n int64) string { return displayUnit(&n, r.Unit) })
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

// displayUnit returns a number of a proof in full, because the comparison is exact.
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
