// Command accuracy runs winwatch on captures whose right answers are known (docs/labels.md)
// and on the experiments of "winwatch run", and writes docs/accuracy.md: how often the
// cause is right, how sure winwatch was, and how far its numbers are from the truth, with
// the answers of tshark and tcptrace to the same questions. Run it in the module's root.
//
//	go run ./cmd/accuracy [flags]
//
// It fails, and writes nothing, if an answer has become worse than the committed one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Where the labels lie, and what is committed.
const (
	labelsDir    = "analyze/testdata"
	baselineFile = "analyze/testdata/accuracy/baseline.tsv"
	peersFile    = "analyze/testdata/accuracy/peers.json"
	reportFile   = "docs/accuracy.md"
)

func main() {
	live := flag.Bool("live", true, "run the experiments too, if they can run here")
	accept := flag.Bool("accept", false, "write the answers even if some have become worse")
	flag.Parse()
	if err := run(*live, *accept); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

func run(live, accept bool) error {
	labels, err := readLabels(labelsDir)
	if err != nil {
		return err
	}
	old, err := readBaseline(baselineFile)
	if err != nil {
		return err
	}
	p := page{labels: labels}
	if p.cells, err = judgeAll(labels); err != nil {
		return err
	}
	if p.experiments, p.skipped = experiments(live, old); p.skipped != "" {
		fmt.Fprintln(os.Stderr, "accuracy: experiments skipped:", p.skipped)
	}
	all := append(p.cells, p.experiments...)
	if worse := old.worse(all); len(worse) > 0 && !accept {
		fmt.Println(strings.Join(worse, "\n"))
		return errors.New("these answers have become worse; nothing was written")
	}
	if p.peers, p.missing, err = askPeers(labels, peersFile); err != nil {
		return err
	}
	text := p.markdown()
	fmt.Print(text)
	return errors.Join(writeBaseline(baselineFile, all), os.WriteFile(filepath.FromSlash(reportFile), []byte(text), 0o644))
}

// judgeAll analyzes all labelled captures and compares the answers with the labels.
func judgeAll(labels []label) ([]cell, error) {
	var cells []cell
	for i := range labels {
		l := &labels[i]
		a, err := analyzeCaptures(l.Captures)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Name, err)
		}
		for j := range l.Streams {
			s := &l.Streams[j]
			cells = append(cells, judge(l.caseName(j), s, a.find(s))...)
		}
	}
	return cells, nil
}

// experiments runs the experiments. If they can't run here, it returns the committed
// answers and the reason.
func experiments(live bool, old baseline) ([]cell, string) {
	if !live {
		return old.of(liveCases), "-live=false"
	}
	cells, err := runExperiments()
	if err != nil {
		return old.of(liveCases), err.Error()
	}
	return cells, ""
}
