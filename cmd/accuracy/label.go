package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// labelSchema is the version of the format, which docs/labels.md describes.
const labelSchema = "winwatch-label/1"

// A label says what is right for one capture, and where that is known from.
type label struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
	// Captures are read together, as one capture. The names are relative to the label.
	Captures []string         `json:"captures"`
	About    string           `json:"about"`
	Origin   string           `json:"origin"`
	Streams  []labelledStream `json:"streams"`
}

// A labelledStream is one connection of a capture.
type labelledStream struct {
	Client string `json:"client"`
	Server string `json:"server"`
	// Occurrence counts from 1 the connections between the same endpoints. 0: the first.
	Occurrence int `json:"occurrence,omitempty"`
	// Direction is that of the data that had to wait.
	Direction string          `json:"direction"`
	Verdict   labelledVerdict `json:"verdict"`
	Facts     map[string]fact `json:"facts"`
}

// A labelledVerdict holds the answers that the evidence allows.
type labelledVerdict struct {
	// Codes are the right causes, the best first, Parties those who are responsible.
	Codes   []string `json:"codes"`
	Parties []string `json:"parties"`
	// Also are causes that must be named beside the verdict.
	Also []string `json:"also,omitempty"`
	// Who is the endpoint that is responsible, nil if none is or if that is open.
	Who        *string  `json:"who"`
	Severity   []string `json:"severity"`
	Confidence []string `json:"confidence"`
	From       string   `json:"from"`
}

// A fact is a number that is known from elsewhere. Low and High bound the right
// answers, both inclusive; nil is no bound. Value is the truth itself, nil if only the
// bounds are known.
type fact struct {
	Value *int64 `json:"value,omitempty"`
	Low   *int64 `json:"low,omitempty"`
	High  *int64 `json:"high,omitempty"`
	// Unknown: the packets do not tell, so the right answer is none.
	Unknown bool   `json:"unknown,omitempty"`
	From    string `json:"from"`
}

// readLabels reads all labels below a directory, in the order of their names.
func readLabels(root string) ([]label, error) {
	var labels []label
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".label.json") {
			return err
		}
		l, err := readLabel(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		labels = append(labels, l)
		return nil
	})
	slices.SortFunc(labels, func(a, b label) int { return strings.Compare(a.Name, b.Name) })
	return labels, err
}

// readLabel reads one label and makes the names of its captures usable from here.
func readLabel(path string) (l label, err error) {
	f, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, err
	}
	if l.Schema != labelSchema {
		return l, fmt.Errorf("schema %q, want %q", l.Schema, labelSchema)
	}
	for i, c := range l.Captures {
		l.Captures[i] = filepath.Join(filepath.Dir(path), c)
	}
	return l, nil
}

// caseName names a stream of a label, as in "lab/port-reuse#2".
func (l *label) caseName(i int) string {
	if i == 0 {
		return l.Name
	}
	return fmt.Sprintf("%s#%d", l.Name, i+1)
}

// contains reports whether n is a right answer.
func (f *fact) contains(n int64) bool {
	return !f.Unknown && (f.Low == nil || *f.Low <= n) && (f.High == nil || n <= *f.High)
}

// meets reports whether an interval has a right answer in it.
func (f *fact) meets(low, high *int64) bool {
	return !f.Unknown && (high == nil || f.Low == nil || *f.Low <= *high) && (low == nil || f.High == nil || *low <= *f.High)
}
