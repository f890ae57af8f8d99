package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"winwatch/cmd/winwatch/internal/confine"
)

// FuzzFlags gives winwatch command lines, one argument per line. winwatch obeys
// each or rejects it with status 2 and a message that explains why and contains no
// terminal control characters.
func FuzzFlags(f *testing.F) {
	for _, line := range []string{
		"", "--help", "help run", "version", "schema", "completion zsh", "completion tcsh", "man x", "vresion",
		"analyze", "analyze -", "analyze a b -q", "analyze a -qv", "analyze a --each -o x.csv", "analyze a -- tcp port 80",
		"analyze a --stream 0 --from 0.001 --to 2018-12-17T03:52:40Z --format json", "analyze a --from NaN", "analyze a --to 1e300",
		"analyze a --from 9999-12-31T23:59:59Z", "analyze a --top 0 --max-streams 1 -v --wireshark", "analyze a --accepted-bytes 3553900",
		"analyze a -o w.csv -o events.csv -o r.json -o p.html -o p.png -o p.svg", "analyze a --format=csv --strem 3",
		"run", "run --list", "run drain nagle", "run darin", "run flood --chunk 4k --rcvbuf 64k --sndbuf 1M --hold 1s --mtu 1500",
		"run --sweep rcvbuf=4k,64k,1M --sweep chunk=10,1000,64k -o sweep.csv", "run --sweep rcvbuf=1g,2g", "run --sweep port=1",
		"run -6 -p 65536 -i lo", "run --read-size 1k --read-interval 100ms --congestion cubic --isolate",
	} {
		f.Add(strings.ReplaceAll(line, " ", "\n"))
	}
	capture, err := os.ReadFile("../../analyze/testdata/lab/made-stale-ack/capture.pcap")
	if err != nil {
		f.Fatal(err)
	}
	// Other tests need the rights of this process.
	dropRights = func(bool) error { return nil }
	f.Cleanup(func() { dropRights = confine.Drop })
	f.Fuzz(func(t *testing.T, line string) {
		args := []string{}
		if line != "" {
			args = strings.Split(line, "\n")
		}
		root := newRoot(args)
		analyzed := tame(t, root)
		var out, errs bytes.Buffer
		root.SetArgs(args)
		root.SetIn(bytes.NewReader(capture))
		root.SetOut(&out)
		root.SetErr(&errs)
		status := printError(&errs, execute(root))
		said := strings.HasPrefix(errs.String(), "winwatch: ")
		if status == statusDamaged || status == statusFailed && !*analyzed ||
			said != (status != statusDone) && !strings.HasPrefix(line, "__complete") {
			t.Errorf("%q: status %d, stderr %q", args, status, &errs)
		}
		if at := bytes.IndexFunc(errs.Bytes(), steers); at >= 0 {
			t.Errorf("%q: stderr controls a terminal at byte %d: %q", args, at, &errs)
		}
	})
}

// tame keeps the commands from running experiments, touching files or looking up host
// names. They only parse and check their flags, except that analyze without -o reads
// standard input; analyzed reports whether it did.
func tame(t *testing.T, root *cobra.Command) (analyzed *bool) {
	analyzed = new(bool)
	for _, c := range root.Commands() {
		run := c.RunE
		c.RunE = func(cmd *cobra.Command, args []string) error {
			checkSweep(t, cmd)
			flags := cmd.Flags()
			switch cmd.Name() {
			case "man", confine.RenamerCommand:
				return nil
			case "analyze":
				files := len(args)
				if dash := cmd.ArgsLenAtDash(); dash >= 0 {
					files = dash
					fill(args[dash:], "tcp")
				}
				fill(args[:files], "-")
				if *analyzed = !flags.Changed("output"); *analyzed {
					break
				}
				fallthrough
			case "run":
				// The format is checked last, so the command fails after all other checks.
				if err := flags.Set("format", "none"); err != nil {
					t.Fatal(err)
				}
			}
			return run(cmd, args)
		}
	}
	return analyzed
}

func fill(args []string, with string) {
	for i := range args {
		args[i] = with
	}
}

// checkSweep checks that the parser accepts no more runs than allowed.
func checkSweep(t *testing.T, cmd *cobra.Command) {
	if cmd.Flags().Lookup("sweep") == nil {
		return
	}
	sweeps, err := cmd.Flags().GetStringArray("sweep")
	if err != nil {
		t.Fatal(err)
	}
	axes, err := parseAxes(slices.Clone(sweeps), cmd.Flags())
	if cells := len(grid(axes)); err == nil && cells > maxCells {
		t.Errorf("--sweep %q: %d runs", sweeps, cells)
	}
}
