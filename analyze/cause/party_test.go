package cause

import "testing"

func TestEveryPartyHasWords(t *testing.T) {
	for _, p := range Parties {
		if partyWords[p] == "" {
			t.Errorf("%s has no words", p)
		}
	}
	if len(partyWords) != len(Parties) {
		t.Errorf("words for %d parties, want %d", len(partyWords), len(Parties))
	}
}
