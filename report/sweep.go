package report

import (
	"math"

	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
)

// Sweep is one experiment run with every combination of some settings.
type Sweep struct {
	// Title says what was run: the scenario, and the flags that all runs share.
	Title    string
	Settings []Setting
	Cells    []SweepCell
}

// Setting is a flag that was varied.
type Setting struct {
	Name string
	// Column is its name in tables for programs, with the unit of its numbers.
	Column string
	// Label says in words what was varied, for an axis.
	Label string
	// Unit is "bytes", "ns", "bit/s" or "%"; "" if the values are no numbers or count
	// something.
	Unit string
}

// Value is a value of a setting.
type Value struct {
	// Text is the value as it was given.
	Text string
	// Number is the value in the setting's unit; NaN if it is no number.
	Number float64
}

// SweepCell is one run of a sweep.
type SweepCell struct {
	// Values are the values of Sweep.Settings, in the same order.
	Values []Value
	// LinkRate is the rate of the link, in bit/s of IP packets; 0 if it has no limit.
	LinkRate int64
	// Proof is nil if Err is not.
	Proof *proof.Proof
	Err   error
}

// Row returns the named quantity of the run's proof, or nil if it has none.
func (c *SweepCell) Row(name string) *proof.Row {
	if c.Proof == nil {
		return nil
	}
	for i := range c.Proof.Rows {
		if r := &c.Proof.Rows[i]; r.Name == name {
			return r
		}
	}
	return nil
}

// Measured returns what the run came to; it is empty if the run failed.
func (c *SweepCell) Measured() *proof.Measured {
	if c.Proof == nil || c.Proof.Measured == nil {
		return &proof.Measured{}
	}
	return c.Proof.Measured
}

// Throughput returns the throughput of the run; it is empty if there is none.
func (c *SweepCell) Throughput() *proof.Throughput {
	if t := c.Measured().Throughput; t != nil {
		return t
	}
	return &proof.Throughput{}
}

// Limit names what the sender's kernel says held it back (kernel.Limits); "" if that is
// unknown.
func (c *SweepCell) Limit() string {
	if c.Proof == nil || c.Proof.Cause == nil || c.Proof.Cause.Limit == kernel.LimitUnknown {
		return ""
	}
	return c.Proof.Cause.Limit.String()
}

// Has reports whether the function returns a number for any run.
func (s *Sweep) Has(number func(*SweepCell) *float64) bool {
	for i := range s.Cells {
		if v := number(&s.Cells[i]); v != nil && !math.IsNaN(*v) {
			return true
		}
	}
	return false
}
