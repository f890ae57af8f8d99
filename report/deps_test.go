package report_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestOnlyPlotLinksGonum checks that a program links the drawing library only if it draws
// pictures.
func TestOnlyPlotLinksGonum(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Deps " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	plot := 0
	for line := range strings.Lines(string(out)) {
		pkg, deps, _ := strings.Cut(line, ": ")
		links := strings.Contains(deps, "gonum.org/")
		if strings.HasSuffix(pkg, "report/plot") {
			plot++
		} else if links {
			t.Errorf("%s depends on gonum", pkg)
		}
	}
	if plot != 1 {
		t.Errorf("go list found %d packages report/plot, want 1:\n%s", plot, out)
	}
}
