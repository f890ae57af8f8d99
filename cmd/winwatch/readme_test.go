package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadme runs the commands in the README's console blocks and compares what
// they print with what the README says; a line with an ellipsis alone stands for
// any number of lines. Of blocks marked live, which capture, only the words are
// compared. WINWATCH_UPDATE=1 rewrites the README.
func TestReadme(t *testing.T) {
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	update := os.Getenv("WINWATCH_UPDATE") != ""
	block := regexp.MustCompile("(?ms)^```console( live)?\n\\$ (.*?)\n(.*?)^```$")
	found := 0
	updated := block.ReplaceAllFunc(readme, func(b []byte) []byte {
		found++
		m := block.FindSubmatch(b)
		mark, command, want := string(m[1]), string(m[2]), slices.Collect(strings.Lines(string(m[3])))
		same := func(a, b string) bool { return a == b }
		if mark == " live" {
			if !canCapture {
				t.Logf("not run: %s: this build can't capture", command)
				return b
			}
			if err := liveError(); err != nil {
				t.Logf("not run: %s: %v", command, err)
				return b
			}
			same = func(a, b string) bool { return words(a) == words(b) }
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = "../.."
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		got, ok := elide(want, slices.Collect(strings.Lines(string(out))), same)
		if !ok && !update {
			t.Errorf("the README says of %s\n%s\nbut it prints\n%s", command, strings.Join(want, ""), out)
		}
		return []byte("```console" + mark + "\n$ " + command + "\n" + strings.Join(got, "") + "```")
	})
	if found < 3 {
		t.Errorf("the README has %d console blocks", found)
	}
	if update && !bytes.Equal(updated, readme) {
		if err := os.WriteFile(file, updated, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// elide cuts got down to what want shows of it. It reports whether the lines that
// want shows are there, in order; if not, it takes those in their place.
func elide(want, got []string, same func(a, b string) bool) (shown []string, ok bool) {
	ok = true
	for free := false; len(want) > 0; want = want[1:] {
		switch {
		case want[0] == "…\n":
			free = true
			shown = append(shown, want[0])
			continue
		case free:
			first := strings.Fields(want[0] + " .")[0]
			at := slices.IndexFunc(got, func(line string) bool { return strings.HasPrefix(line, first) })
			got = got[max(at, 0):]
		}
		if len(got) == 0 {
			return shown, false
		}
		free = false
		if same(want[0], got[0]) {
			shown = append(shown, want[0])
		} else {
			shown, ok = append(shown, got[0]), false
		}
		got = got[1:]
	}
	return shown, ok
}

// words drops the numbers of a text, which differ from run to run, and its
// spacing.
func words(s string) string {
	return strings.Join(strings.Fields(regexp.MustCompile(`[-+]?\d[\d,.]*`).ReplaceAllString(s, "N")), " ")
}
