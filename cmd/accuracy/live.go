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
)

// liveCases begin the names of the experiments.
const liveCases = "run/"

// runLimit is how long one experiment may take.
const runLimit = time.Minute

// scenarioCauses are the right verdicts of the experiments of "winwatch run --list",
// by what each scenario does.
var scenarioCauses = []struct {
	scenario  string
	codes     []string
	direction string
}{
	{"send-blocking", []string{"receiver-not-reading"}, "client-to-server"},
	// The server reads nothing at first, then step by step until the window opens.
	{"send-nonblocking", []string{"receiver-not-reading", "receiver-slow"}, "client-to-server"},
	{"recv-blocking", []string{"sender-idle", "ok"}, "server-to-client"},
	{"recv-nonblocking", []string{"sender-idle", "ok"}, "server-to-client"},
	{"drain", []string{"receiver-not-reading"}, "client-to-server"},
	{"slow-reader", []string{"receiver-slow"}, "client-to-server"},
	{"nagle", []string{"delayed-ack"}, "client-to-server"},
	{"nodelay", []string{"sender-idle", "ok"}, "client-to-server"},
	{"keepalive", []string{"receiver-not-reading"}, "client-to-server"},
	{"close-unread", []string{"receiver-not-reading"}, "client-to-server"},
	{"half-close", []string{"receiver-not-reading"}, "server-to-client"},
	{"fast-open", []string{"sender-idle", "ok"}, "client-to-server"},
	{"deadlock", []string{"deadlock"}, "client-to-server"},
	// Of the stream from the client to the proxy.
	{"proxy", []string{"waits-for-other-stream"}, "client-to-server"},
	// The server reads nothing, and a lowered SO_RCVBUF takes its right edge back.
	{"window-shrink", []string{"receiver-not-reading", "receiver-memory"}, "client-to-server"},
	{"no-scaling", []string{"receiver-not-reading"}, "client-to-server"},
}

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
	for _, sc := range scenarioCauses {
		a, err := runScenario(binary, sc.scenario)
		if err != nil {
			return nil, fmt.Errorf("winwatch run %s: %w", sc.scenario, err)
		}
		name := liveCases + sc.scenario
		cells = append(cells, judge(name, scenarioLabel(sc.codes, sc.direction), a.proven())...)
		cells = append(cells, judgeProof(name, a)...)
	}
	return cells, nil
}

// scenarioLabel is the label of the stream that an experiment is about.
func scenarioLabel(codes []string, direction string) *labelledStream {
	l := &labelledStream{Direction: direction, Verdict: labelledVerdict{
		Codes: codes, Severity: []string{"warning", "problem"}, Confidence: []string{"high", "medium", "low"}}}
	for _, c := range codes {
		l.Verdict.Parties = append(l.Verdict.Parties, partyOf[c])
	}
	l.Verdict.Parties = unique(l.Verdict.Parties)
	switch codes[0] {
	case "sender-idle":
		l.Verdict.Severity = []string{"ok"}
	case "delayed-ack":
		l.Verdict.Severity = append(l.Verdict.Severity, "note")
	}
	return l
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
	if err != nil || len(a.Streams) == 0 || a.Proof == nil {
		return nil, fmt.Errorf("no report: %w: %s", errors.Join(failed, err), strings.TrimSpace(diagnosis.String()))
	}
	return a, nil
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
