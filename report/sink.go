// Package report holds what the report formats share: the material that a report is
// made from, the interface that a format implements, and the readings of the material
// that several formats need. Each format is a separate package below this one, so
// that a program links only the formats it uses.
package report

import (
	"io"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// Material is everything that reports are made from. Reports only read it.
type Material struct {
	// Source names what was analyzed: files, or an experiment and its interface.
	Source string
	Result *analyze.Result
	// Timeline holds the points of the charts. Streams that it lacks have no chart;
	// nil means no charts at all.
	Timeline *chart.Timeline
	// Accepted compares what the sending application counted with what was
	// acknowledged. It is nil if the application's count is unknown.
	Accepted *proof.Accepted
	// Proof compares the packets with the kernel, Witness is everything the kernel
	// said, and Kernel holds the samples taken while the experiment ran. Only
	// experiments have them; otherwise they are nil.
	Proof   *proof.Proof
	Witness *kernel.Witness
	Kernel  []kernel.Sample
	// Hurry is closed when the reports have to end soon: those that take long then leave
	// out details, and say so. nil means never.
	Hurry <-chan struct{}
}

// Hurried reports whether the reports have to end soon.
func (m *Material) Hurried() bool {
	select {
	case <-m.Hurry:
		return true
	default:
		return false
	}
}

// Sink writes one report in one format to the writer that it was created with.
type Sink interface {
	// Close writes everything that is not written yet and returns the first error of
	// any write. The underlying writer stays open. No other method may be called
	// after Close.
	Close(*Material) error
}

// SampleSink is a Sink that writes while the capture is analyzed.
type SampleSink interface {
	Sink
	// Add writes one sample. It keeps no reference to it.
	Add(*analyze.Sample)
}

// Whole turns a function that writes a whole report at once into a constructor of
// sinks.
func Whole(write func(io.Writer, *Material) error) func(io.Writer) Sink {
	return func(w io.Writer) Sink { return whole{w, write} }
}

type whole struct {
	w     io.Writer
	write func(io.Writer, *Material) error
}

func (s whole) Close(m *Material) error { return s.write(s.w, m) }
