package csv

import (
	"bufio"
	"io"

	"winwatch/capture/kernel"
	"winwatch/report"
)

// Kernel writes the kernel's samples of both sockets of an experiment, one row per
// sample, on the same clock as time_ns of the window timeline. elapsed_s counts from the
// first packet, so that rows line up with the timeline's, and is negative before it; without
// packets it counts from the first sample. Values that the kernel did not give are empty.
func Kernel(w io.Writer, m *report.Material) error {
	bw := bufio.NewWriter(w) // keeps the error of any write until Flush
	bw.Write(kernelHeader())
	start := m.Result.Begin
	if m.Result.Segments == 0 && len(m.Kernel) > 0 {
		start = m.Kernel[0].Time
	}
	var row []byte
	for i := range m.Kernel {
		row = appendSample(row[:0], &m.Kernel[i], start)
		bw.Write(row)
	}
	return bw.Flush()
}

func kernelHeader() []byte {
	b := []byte("time_ns,elapsed_s,send_calls,sent_bytes,recv_calls,read_bytes")
	for _, end := range [...]string{"client_", "server_"} {
		b = append(append(append(b, ','), end...), "state"...)
		for _, f := range report.SocketFields {
			b = append(append(append(b, ','), end...), f.Name...)
		}
	}
	return append(b, '\n')
}

// appendSample appends the row of one sample.
func appendSample(b []byte, s *kernel.Sample, start int64) []byte {
	b = appendNanoseconds(b, s.Time)
	b = appendElapsed(append(b, ','), start, s.Time)
	for _, v := range [...]int64{s.Send.Calls, s.Send.Bytes, s.Recv.Calls, s.Recv.Bytes} {
		b = appendKnown(append(b, ','), v)
	}
	for _, end := range [...]*kernel.SocketState{&s.Client, &s.Server} {
		b = appendText(append(b, ','), end.State)
		for _, f := range report.SocketFields {
			b = appendKnown(append(b, ','), *f.Of(end))
		}
	}
	return append(b, '\n')
}
