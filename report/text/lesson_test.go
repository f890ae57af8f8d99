package text

import (
	"bytes"
	"strings"
	"testing"

	"winwatch/capture/kernel"
	"winwatch/report/reporttest"
)

// TestLessonFirst: the report of an experiment tells what was done, whether packets and
// kernel agree, and what it shows, before any detail. A quiet one has only the verdict.
func TestLessonFirst(t *testing.T) {
	for _, f := range []reporttest.Fixture{reporttest.FloodProof(), reporttest.LinkProof()} {
		var out bytes.Buffer
		if err := textOf(f, 80, Plain)(&out); err != nil {
			t.Fatal(err)
		}
		rest := "\n" + out.String()
		for _, label := range []string{"Set up ", "Packets ", "Kernel ", "Agree ", "Shown ", "", "Proof ", "Stream 0 "} {
			if label == "" {
				label = strings.ToUpper(f.Result.Verdicts[0].Severity.String()) + " "
			}
			_, after, ok := strings.Cut(rest, "\n"+label)
			if !ok {
				t.Errorf("%s: no %q after\n%s", f.Name, label, rest)
			}
			rest = after
		}
		out.Reset()
		if err := Write(&out, f.Material, Options{Quiet: true}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "Set up") {
			t.Errorf("%s, quiet:\n%s", f.Name, &out)
		}
	}
}

// TestBlockedInRecv: how often send() was called says nothing about a thread in recv().
func TestBlockedInRecv(t *testing.T) {
	for call, want := range map[string]bool{"sendto": true, "recvfrom": false} {
		f := reporttest.FloodProof()
		f.Witness.Blocked = &kernel.BlockedCall{Syscall: call, TID: 7}
		var out bytes.Buffer
		if err := textOf(f, 80, Plain)(&out); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), call+"(), after 355,390 calls"); got != want {
			t.Errorf("%s:\n%s", call, &out)
		}
	}
}
