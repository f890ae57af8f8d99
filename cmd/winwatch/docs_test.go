//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// consoleBlock matches a fenced block of a command followed by its output.
var consoleBlock = regexp.MustCompile("(?ms)^```console( live| sample)?\n\\$ (.*?)\n(.*?)^```$")

// TestDocs runs the commands in the console blocks of the documents and compares
// their output with the document. An ellipsis alone on its line stands for any number
// of entries (see entries). In blocks marked live, which capture, only the words are
// compared. Blocks marked sample are not run: their output differs from run to run, or
// they need programs that few have.
//
// WINWATCH_UPDATE=1 rewrites what differs; WINWATCH_UPDATE=docs rewrites the samples,
// too.
func TestDocs(t *testing.T) {
	for _, doc := range []struct {
		file   string
		blocks int // at least
	}{{"README.md", 3}, {"docs/experiments.md", 12}, {"docs/window.md", 8}, {"docs/link.md", 12}, {"docs/compare.md", 4}, {"docs/how-it-works.md", 10}} {
		t.Run(filepath.Base(doc.file), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("../..", doc.file)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			updated := consoleBlock.ReplaceAllStringFunc(string(text), func(block string) string {
				found++
				m := consoleBlock.FindStringSubmatch(block)
				return "```console" + m[1] + "\n$ " + m[2] + "\n" + replay(t, m[1], m[2], m[3]) + "```"
			})
			if found < doc.blocks {
				t.Errorf("%d console blocks, want %d", found, doc.blocks)
			}
			if os.Getenv("WINWATCH_UPDATE") != "" && updated != string(text) {
				if err := os.WriteFile(file, []byte(updated), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// replay runs the command of a block and returns the output that the block should show.
func replay(t *testing.T, mark, command, want string) string {
	update := os.Getenv("WINWATCH_UPDATE")
	same := func(a, b string) bool { return a == b }
	switch {
	case mark == " sample" && update != "docs":
		return want
	case mark == " live":
		if err := captureError(); err != nil {
			t.Logf("%s was not run: %v", command, err)
			return want
		}
		same = func(a, b string) bool { return wording(a) == wording(b) }
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "PATH="+searchPath(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
		return want
	}
	got, ok, err := elide(want, string(out), same)
	switch {
	case err != nil:
		t.Errorf("%s: %v in\n%s", command, err, out)
		return want
	case !ok && update == "":
		t.Errorf("the document says that %s prints\n%s\nbut it prints\n%s", command, want, out)
	}
	return got
}

// captureError returns the reason why this process can't capture, or nil if it can.
func captureError() error {
	if !canCapture {
		return fmt.Errorf("this build can't capture")
	}
	return liveError()
}

const ellipsis = "…\n"

// elide reduces got to the entries that want shows. ok reports whether they are the
// same as in want. It returns an error if got lacks one of them.
func elide(want, got string, same func(a, b string) bool) (shown string, ok bool, err error) {
	ok = true
	wanted, printed, free := entries(want), entries(got), false
	for i, w := range wanted {
		if w == ellipsis {
			free = true
			shown += w
			continue
		}
		at := 0
		if free {
			at = slices.IndexFunc(printed, func(p string) bool { return topic(p) == topic(w) })
		}
		if at < 0 || at >= len(printed) {
			return "", false, fmt.Errorf("no %q", topic(w))
		}
		entry, blank := trimBlank(printed[at])
		printed, free = printed[at+1:], false
		if before, _ := trimBlank(w); same(before, entry) {
			entry = before
		} else {
			ok = false
		}
		shown += entry
		if more := i+1 < len(wanted); more && wanted[i+1] != ellipsis || !more && len(printed) > 0 {
			shown += blank
		}
	}
	if free || len(printed) == 0 {
		return shown, ok, nil
	}
	rest, _ := trimBlank(strings.Join(printed, ""))
	return shown + rest, false, nil
}

// entries splits a text before each line that is not indented. Indented and blank lines
// belong to the entry above them, so a section of a report is one entry.
func entries(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if len(all) == 0 || strings.TrimLeft(line[:1], " \n") != "" {
			all = append(all, line)
		} else {
			all[len(all)-1] += line
		}
	}
	return all
}

// trimBlank splits off the blank lines at the end of an entry.
func trimBlank(entry string) (text, blank string) {
	text = strings.TrimRight(entry, "\n") + "\n"
	return text, entry[min(len(text), len(entry)):]
}

// topic returns what an entry is about: its first word. Verdicts are one topic, because how
// grave one is may differ from run to run.
func topic(entry string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(entry, " \n"), " ")
	switch word = strings.TrimSpace(word); word {
	case "OK", "NOTE", "WARNING", "PROBLEM":
		return "verdict"
	}
	return word
}

// numeral matches a number and its unit of time, which depends on the size.
var numeral = regexp.MustCompile(`[-+]?\d[\d,.]*( [mµn]?s\b)?`)

// wording replaces the numbers of a text, which differ from run to run, and normalizes its
// spacing.
func wording(s string) string {
	return strings.Join(strings.Fields(numeral.ReplaceAllString(s, "N")), " ")
}

func TestWording(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"busy 6.5 s … 7.3 s  6.9 s  lies within", "busy 66 ms … 1.2 s  1,000 µs  lies within", true},
		{"5 probes, the same", "5 probes, WRONG", false},
		{"5 bytes", "5 ms", false},
	} {
		if got := wording(c.a) == wording(c.b); got != c.same {
			t.Errorf("%q and %q: same words: %v, want %v", c.a, c.b, got, c.same)
		}
	}
}

func TestElide(t *testing.T) {
	same := func(a, b string) bool { return a == b }
	const got = "A 1\n  a\n\nB 2\n\nC 3\n  c\n  c\nD 4\n"
	for _, c := range []struct {
		want, shown string
		ok, err     bool
	}{
		{"A 1\n  a\n…\n", "A 1\n  a\n…\n", true, false},
		{"A 1\n  a\n\nB 2\n…\n", "A 1\n  a\n\nB 2\n…\n", true, false},
		{"…\nC 3\n  c\n  c\n…\n", "…\nC 3\n  c\n  c\n…\n", true, false},
		{"…\nC x\n…\n", "…\nC 3\n  c\n  c\n…\n", false, false},
		{"…\nB x\nC x\n…\n", "…\nB 2\n\nC 3\n  c\n  c\n…\n", false, false},
		{"A 1\n  a\n", got, false, false},
		{got, got, true, false},
		{"", got, false, false},
		{"…\nE\n…\n", "", false, true},
		{"…\nD 4\nE\n", "", false, true},
	} {
		shown, ok, err := elide(c.want, got, same)
		if shown != c.shown || ok != c.ok || (err != nil) != c.err {
			t.Errorf("elide(%q) = %q, %v, %v", c.want, shown, ok, err)
		}
	}
	if shown, _, err := elide("…\nWARNING 1\n…\n", "A 1\n\nPROBLEM 2\n\nB 3\n", same); shown != "…\nPROBLEM 2\n…\n" || err != nil {
		t.Errorf("a graver verdict: %q, %v", shown, err)
	}
}
