package report

import "winwatch/analyze/proof"

// Sweep is one experiment run with every combination of some settings.
type Sweep struct {
	// Settings are the names of the settings that were varied.
	Settings []string
	Cells    []SweepCell
}

// SweepCell is one run of a sweep.
type SweepCell struct {
	// Values are the values of Sweep.Settings, in the same order.
	Values []string
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
