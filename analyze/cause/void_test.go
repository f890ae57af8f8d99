package cause

import "testing"

// TestLeftOver: the causes that a direction is left to in which nothing happened are those
// that take what is left.
func TestLeftOver(t *testing.T) {
	if table[leftOver] != &idle || table[len(table)-1] != &healthy {
		t.Errorf("%s is the first to take what is left", table[leftOver].code)
	}
	f := Facts{Total: 3}
	f.Flows[1].Spent[Idle], f.Flows[1].Spent[Flight] = 2, 1
	x := Case{}
	if x.begin(&Limits{}, &f, 1); !x.void() {
		t.Fatal("a direction without data is not void")
	}
	for _, c := range table[:leftOver] {
		if claim := c.claim(&x); claim.Time > 0 || claim.Stands {
			t.Errorf("%s claims something", c.code)
		}
	}
}
