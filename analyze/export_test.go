package analyze

// Slowly has every segment take the long way.
func (a *Analyzer) Slowly() {
	for _, l := range a.lanes {
		l.slowly = true
	}
}
