// Command modules lists what winwatch is made of: the modules in its binary with
// their licences, as a page (licences) or as a CycloneDX bill of materials (sbom).
// It fails if a module has a licence that it doesn't know. Run it in the module's
// root. Its output depends only on go.mod and go.sum.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "modules:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	write, ok := map[string]func(io.Writer, *parts) error{"licences": licences, "sbom": sbom}[strings.Join(args, " ")]
	if !ok {
		return errors.New("usage: modules licences | modules sbom")
	}
	p, err := collect()
	if err != nil {
		return err
	}
	return write(out, p)
}

// A module is part of winwatch, or a tool to build or test it.
type module struct {
	Path, Version, Dir, Sum string
	// licence is an SPDX expression; file names the files it was read from.
	licence, file string
}

// parts are all modules. Each list is sorted by path.
type parts struct {
	// linked modules are in the binary; others are only for tests and development.
	linked, others []module
}

// uPlot is in the binary but is not a Go module.
var uPlot = module{Path: "uPlot (JavaScript, in report/html/web)", Version: "v1.6.32", licence: "MIT", file: "uPlot.LICENSE"}

// collect asks the Go command for the modules. The binary is the one that make
// builds, with live capture.
func collect() (*parts, error) {
	linked, err := list("./cmd/winwatch")
	if err != nil {
		return nil, err
	}
	all, err := list("-test", "./...", "honnef.co/go/tools/cmd/staticcheck")
	if err != nil {
		return nil, err
	}
	p := &parts{linked: linked}
	for _, m := range all {
		if !slices.ContainsFunc(linked, func(l module) bool { return l.Path == m.Path }) {
			p.others = append(p.others, m)
		}
	}
	for _, list := range [][]module{p.linked, p.others} {
		for i := range list {
			if err := list[i].readLicence(); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// list returns the modules that the patterns depend on, except for this one.
func list(patterns ...string) ([]module, error) {
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, patterns...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var modules []module
	for d := json.NewDecoder(strings.NewReader(string(b))); ; {
		var p struct {
			Module *struct {
				module
				Main bool
			}
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if m := p.Module; m != nil && !m.Main {
			modules = append(modules, m.module)
		}
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(modules, func(a, b module) bool { return a.Path == b.Path }), nil
}

// goVersion returns the version of the standard library.
func goVersion() string { return strings.TrimPrefix(runtime.Version(), "go") }
