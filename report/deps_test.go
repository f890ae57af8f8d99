package report_test

import (
	"os/exec"
	"slices"
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

// layers are the folders of the program, from the lowest up: a package imports only what
// lies in its own layer or below.
var layers = []string{"capture", "analyze", "report", "cmd"}

// TestImportsPointDown checks the layers, and that only programs link libpcap: package
// capture/live is the only one that needs cgo.
func TestImportsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "winwatch/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	layer := func(pkg string) int {
		folder, _, _ := strings.Cut(strings.TrimPrefix(pkg, "winwatch/"), "/")
		return slices.Index(layers, folder)
	}
	live := 0
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(line, ": ")
		if layer(pkg) < 0 {
			t.Errorf("%s is in none of the layers %v", pkg, layers)
		}
		for _, imported := range strings.Fields(imports) {
			if !strings.HasPrefix(imported, "winwatch/") {
				continue
			}
			if layer(imported) > layer(pkg) {
				t.Errorf("%s imports %s, which lies above it", pkg, imported)
			}
			if imported == "winwatch/capture/live" {
				if live++; layers[layer(pkg)] != "cmd" {
					t.Errorf("%s imports %s, and with it libpcap", pkg, imported)
				}
			}
		}
	}
	if live == 0 {
		t.Error("nothing imports capture/live: it was renamed, and this test checks nothing")
	}
}
