package reporttest

import (
	"errors"

	"winwatch/analyze/proof"
	"winwatch/report"
)

// Sweep returns a sweep of three runs: one that agrees with the kernel, one that is off by
// 7 bytes, and one that failed.
func Sweep() *report.Sweep {
	exact := func(name, unit string, inferred, kernel int64) proof.Row {
		off := inferred - kernel
		return proof.Row{Name: name, Unit: unit, Inferred: &inferred, Kernel: &kernel, Difference: &off,
			Exact: true, Judged: true, OK: off == 0, Method: "counted"}
	}
	low, high, rcvbuf := int64(4000), int64(9000), int64(8192)
	buffer := proof.Row{Name: "receive buffer", Unit: "bytes", Low: &low, High: &high, Kernel: &rcvbuf, Judged: true, OK: true}
	proof := func(off int64) *proof.Proof {
		return &proof.Proof{Accepted: &proof.Accepted{Bytes: 2000000, Half: 1000000}, Rows: []proof.Row{
			exact("receive queue", "bytes", 6184+off, 6184), exact("send queue", "bytes", 1993816, 1993816),
			exact("probes", "count", 5, 5), buffer,
		}}
	}
	return &report.Sweep{Settings: []string{"rcvbuf", "chunk"}, Cells: []report.SweepCell{
		{Values: []string{"4096", "10"}, Proof: proof(0)},
		{Values: []string{"4096", "1000"}, Proof: proof(-7)},
		{Values: []string{"4096", "64000"}, Err: errors.New("exit status 1: no, \"really\"")},
	}}
}
