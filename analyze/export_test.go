package analyze

// Slowly has every segment take the long way.
func (a *Analyzer) Slowly() { a.slowly = true }
