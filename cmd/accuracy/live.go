package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"winwatch/capture/experiment"
)

// liveCases begin the names of the experiments.
const liveCases = "run/"

// runLimit is how long one experiment may take.
const runLimit = time.Minute

// A proofRow is one value that winwatch compares with the kernel after an experiment.
type proofRow struct {
	Name   string `json:"name"`
	Judged bool   `json:"judged"`
	OK     bool   `json:"ok"`
	// Bytes, counts and nanoseconds; all nil but those of the row's unit.
	InferredBytes *int64 `json:"inferred_bytes"`
	InferredCount *int64 `json:"inferred_count"`
	InferredNS    *int64 `json:"inferred_ns"`
	KernelBytes   *int64 `json:"kernel_bytes"`
	KernelCount   *int64 `json:"kernel_count"`
	KernelNS      *int64 `json:"kernel_ns"`
}

// A proofCause is what the sender's kernel says held it back, beside what the experiment
// set up; nil is unknown.
type proofCause struct {
	// Expected are the right codes of this run: some depend on where it was captured.
	Expected      []string `json:"expected"`
	Limit         *string  `json:"limit"`
	ExpectedLimit *string  `json:"expected_limit"`
}

// proofNames are the rows that become cells, with the names of the facts.
var proofNames = map[string]string{
	"receive queue": "unread_bytes", "receive buffer": "rcvbuf_bytes", "probes": "probes",
	"keep-alives": "keep_alives", "time limited by the window": "rwnd_limited_ns",
}

// runExperiments runs every scenario and judges the verdict and what is proven.
func runExperiments() ([]cell, error) {
	dir, err := os.MkdirTemp("", "winwatch-accuracy")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "winwatch")
	build := exec.Command("go", "build", "-o", binary, "./cmd/winwatch")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go build ./cmd/winwatch: %w", err)
	}
	var cells []cell
	for _, sc := range experiment.Scenarios() {
		a, err := runScenario(binary, sc.Name)
		if err != nil {
			return nil, fmt.Errorf("winwatch run %s: %w", sc.Name, err)
		}
		name := liveCases + sc.Name
		cells = append(cells, judge(name, scenarioLabel(a.Proof.Cause.Expected), a.proven())...)
		cells = append(cells, judgeLimit(name, a.Proof.Cause)...)
		cells = append(cells, judgeProof(name, a)...)
	}
	if cells == nil {
		return nil, errors.New("there are none on this system")
	}
	return cells, nil
}

// scenarioLabel is the label of the stream that an experiment is about.
func scenarioLabel(codes []string) *labelledStream {
	l := &labelledStream{Verdict: labelledVerdict{Codes: codes, Confidence: []string{"high", "medium", "low"}}}
	for _, c := range codes {
		l.Verdict.Parties = append(l.Verdict.Parties, partyOf[c])
		l.Verdict.Severity = append(l.Verdict.Severity, severities(c)...)
	}
	l.Verdict.Parties, l.Verdict.Severity = unique(l.Verdict.Parties), unique(l.Verdict.Severity)
	return l
}

// severities returns how bad a cause can be: one that stops the sender is at least a
// warning, one that only slows it down may be a note.
func severities(code string) []string {
	switch code {
	case "sender-idle", "ok":
		return []string{"ok"}
	case "delayed-ack", "window-limited", "sender-limited", "congestion-window", "path-loss", "path-rate", "path-queue", "cannot-tell":
		return []string{"note", "warning", "problem"}
	}
	return []string{"warning", "problem"}
}

// proven returns the stream that the proof is about, nil if there is none.
func (a *answer) proven() *streamAnswer {
	for i := range a.Streams {
		if a.Streams[i].Stream == a.Proof.Stream {
			return &a.Streams[i]
		}
	}
	return nil
}

// runScenario runs one experiment in a private namespace, where every user may capture
// and the counters count nothing else.
func runScenario(binary, scenario string) (*answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "run", scenario, "--isolate", "--format", "json")
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	failed := cmd.Run() // it also fails, after its report, if the kernel disagrees
	a, err := readAnswer(out.Bytes())
	if err != nil || a.Proof == nil || a.Proof.Cause == nil || a.proven() == nil {
		return nil, fmt.Errorf("no report: %w: %s", errors.Join(failed, err), strings.TrimSpace(diagnosis.String()))
	}
	return a, nil
}

// judgeLimit judges the experiment itself: whether it set up what it meant to, by the word
// of the sender's kernel.
func judgeLimit(name string, c *proofCause) []cell {
	if c == nil || c.ExpectedLimit == nil {
		return nil
	}
	judged := cell{name, "limit", silent, math.NaN(), "", *c.ExpectedLimit}
	if c.Limit != nil {
		judged.Said, judged.Mark = *c.Limit, markOf(*c.Limit == *c.ExpectedLimit)
	}
	return []cell{judged}
}

// judgeProof turns what winwatch proves against the kernel into cells.
func judgeProof(name string, a *answer) (cells []cell) {
	for _, r := range a.Proof.Rows {
		what, ok := proofNames[r.Name]
		if !ok || !r.Judged {
			continue
		}
		truth := fact{Value: first(r.KernelBytes, r.KernelCount, r.KernelNS)}
		if what == "rcvbuf_bytes" {
			truth.Low, truth.High = truth.Value, truth.Value
			kind := factKinds[what]
			cells = append(cells, judgeFact(name, what, &truth, &kind, kind.said(a.proven(), a.proven().in(a.Proof.Direction)))...)
			continue
		}
		said := estimate{Value: first(r.InferredBytes, r.InferredCount, r.InferredNS)}
		cells = append(cells, cell{name, what, markOf(r.OK), math.NaN(), said.String(), truth.String()})
	}
	for i := range cells {
		cells[i].Error = math.NaN() // no two runs are the same
	}
	return cells
}

// first returns the number that there is.
func first(ns ...*int64) *int64 {
	for _, n := range ns {
		if n != nil {
			return n
		}
	}
	return nil
}
