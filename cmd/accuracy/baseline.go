package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// errorSlack is by how many percentage points an error may grow: the packets of a
// labelled capture never change, but how a few of them are counted may.
const errorSlack = 0.5

// A baseline holds the committed cells by case and what they judge.
type baseline map[[2]string]cell

// readBaseline reads the committed cells; none if there is no such file yet.
func readBaseline(file string) (baseline, error) {
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return baseline{}, nil
	}
	if err != nil {
		return nil, err
	}
	b := baseline{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), "\t")
		if n == 1 {
			continue
		}
		if len(fields) != 6 {
			return nil, fmt.Errorf("%s:%d: %d fields, want 6", file, n, len(fields))
		}
		c := cell{Case: fields[0], What: fields[1], Mark: mark(fields[2]), Error: math.NaN(), Said: fields[4], Want: fields[5]}
		if fields[3] != "" {
			if c.Error, err = strconv.ParseFloat(fields[3], 64); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, n, err)
			}
		}
		b[[2]string{c.Case, c.What}] = c
	}
	return b, lines.Err()
}

// writeBaseline writes cells as tab-separated values, in their order.
func writeBaseline(file string, cells []cell) error {
	var b strings.Builder
	b.WriteString("case\twhat\tmark\terror_percent\tsaid\twant\n")
	for _, c := range cells {
		if _, number := factKinds[strings.TrimSuffix(c.What, " interval")]; number && strings.HasPrefix(c.Case, liveCases) {
			c.Said, c.Want = "", "" // no two runs are the same
		}
		e := ""
		if !math.IsNaN(c.Error) {
			e = fmt.Sprintf("%.1f", c.Error)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", c.Case, c.What, c.Mark, e, c.Said, c.Want)
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

// worse says what has become worse since the baseline, one line a cell. A wrong cause
// with high confidence is worse unless the baseline has it.
func (b baseline) worse(cells []cell) (lines []string) {
	cases, judged := map[string]bool{}, map[[2]string]bool{}
	for _, c := range cells {
		cases[c.Case], judged[[2]string{c.Case, c.What}] = true, true
		old, known := b[[2]string{c.Case, c.What}]
		switch {
		case !known && c.Mark == wrongHigh:
			lines = append(lines, fmt.Sprintf("%s: %s with high confidence, want %s", c.Case, c.Said, c.Want))
		case known && slices.Index(marks, c.Mark) > slices.Index(marks, old.Mark):
			lines = append(lines, fmt.Sprintf("%s: %s is %s (%s, want %s), was %s (%s)", c.Case, c.What, c.Mark, c.Said, c.Want, old.Mark, old.Said))
		case known && math.Abs(c.Error) > math.Abs(old.Error)+errorSlack:
			lines = append(lines, fmt.Sprintf("%s: %s is off by %+.1f%% (%s, want %s), was %+.1f%%", c.Case, c.What, c.Error, c.Said, c.Want, old.Error))
		}
	}
	for key, old := range b {
		if cases[key[0]] && !judged[key] && old.Mark == right {
			lines = append(lines, fmt.Sprintf("%s: %s is not said any more, was right (%s)", old.Case, old.What, old.Said))
		}
	}
	slices.Sort(lines)
	return lines
}

// of returns the committed cells of cases whose name begins with prefix, sorted.
func (b baseline) of(prefix string) (cells []cell) {
	for k, c := range b {
		if strings.HasPrefix(k[0], prefix) {
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, func(x, y cell) int {
		return strings.Compare(x.Case+"\t"+x.What, y.Case+"\t"+y.What)
	})
	return cells
}
