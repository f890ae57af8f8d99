package html

import (
	"encoding/binary"

	"winwatch/analyze"
	"winwatch/capture/kernel"
)

// kernelView is the page's data about the kernel's samples, which follow as columns.
type kernelView struct {
	Dir int `json:"dir"`
	// Points is the number of samples that follow in columns: time in ns since the begin
	// of the capture, and kernelColumns. Of is the number of samples taken.
	Points int `json:"points"`
	Of     int `json:"of"`
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
	view := kernelView{Dir: int(c.Proof.Dir), Of: len(c.Kernel)}
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
