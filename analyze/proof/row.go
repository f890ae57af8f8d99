package proof

import (
	"winwatch/analyze"
	"winwatch/capture/kernel"
)

// Row is one quantity known from two sources.
type Row struct {
	Name string
	// Unit is "bytes", "count" or "ns".
	Unit string
	// Inferred comes from packets and, where Method says so, from counters of the
	// programs; Kernel is the kernel's number. nil means unknown.
	Inferred, Kernel *int64
	// Difference is Inferred - Kernel, nil if either is unknown.
	Difference *int64
	// Low and High are the interval that the kernel's number must be in, unless the
	// row is Exact; nil means unbounded.
	Low, High *int64
	// Exact: both numbers must be equal.
	Exact bool
	// Judged is false if a difference would prove nothing; Unjudged says why, unless
	// Proof.Withheld does.
	Judged   bool
	Unjudged string
	// OK: equal, or inside the interval. It is meaningful only if Judged.
	OK bool
	// Method says how Inferred was obtained, Source where Kernel comes from.
	Method, Source string
}

// exact adds a row whose two numbers must be equal.
func (p *Proof) exact(name, unit string, inferred *int64, actual int64, method, source string) *Row {
	r := p.add(Row{Name: name, Unit: unit, Inferred: inferred, Exact: true, Method: method, Source: source}, actual)
	r.OK = r.Difference != nil && *r.Difference == 0
	if inferred == nil {
		r.withhold("the packets do not show it")
	}
	return r
}

// within adds a row whose kernel number must lie in an interval.
func (p *Proof) within(name, unit string, est analyze.Estimate, actual int64, source string) {
	r := p.add(Row{Name: name, Unit: unit, Inferred: est.Value(), Low: est.Low(), High: est.High(), Method: est.Method(), Source: source}, actual)
	r.OK = r.Kernel != nil && (r.Low == nil || *r.Low <= actual) && (r.High == nil || actual <= *r.High)
	if r.Low == nil && r.High == nil {
		r.withhold(r.Method)
	}
}

// add adds a row that is judged unless something is unknown.
func (p *Proof) add(r Row, actual int64) *Row {
	r.Judged = p.Withheld == ""
	if actual == kernel.Unknown {
		r.withhold("the kernel does not tell it")
	} else {
		r.Kernel = new(actual)
		if r.Inferred != nil {
			r.Difference = new(*r.Inferred - actual)
		}
	}
	p.Rows = append(p.Rows, r)
	return &p.Rows[len(p.Rows)-1]
}

// withhold takes back that the row is judged.
func (r *Row) withhold(why string) { r.Judged, r.Unjudged = false, why }
