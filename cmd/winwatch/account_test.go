//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"html"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"winwatch/capture"
)

// TestReportsAccount: of every capture in the tree, each report tells what became
// of every packet: the sum is shown and holds, and it is of as many packets as
// capinfos counts in the file.
func TestReportsAccount(t *testing.T) {
	files := testCaptures(t)
	told, counted := 0, 0
	for _, file := range files {
		page := filepath.Join(t.TempDir(), "r.html")
		text, errs, status := winwatch(file, "-o", page)
		if status == statusUsage {
			t.Errorf("%s: status %d: %s", file, status, errs)
			continue
		}
		var frames uint64
		if text == "" { // nothing to report; the error accounts for it
			m := regexp.MustCompile(`no TCP in its (\d+) packets: (.*)`).FindStringSubmatch(errs)
			if m == nil {
				continue
			}
			frames = holds(t, file+": stderr", m[1]+" = "+m[2])
		} else {
			told++
			frames = holds(t, file+": text", section(text, "Frames"))
			data, _, _ := winwatch(file, "--format=json")
			if n := holds(t, file+": JSON", jsonSum(t, data)); n != frames {
				t.Errorf("%s: %d frames in JSON, %d in text", file, n, frames)
			}
			m := regexp.MustCompile(`<p class="frames quiet">Frames: ([^;<]*)`).FindStringSubmatch(html.UnescapeString(string(readFile(t, page))))
			if m == nil {
				t.Errorf("%s: the page does not account for the frames", file)
			} else if n := holds(t, file+": page", m[1]); n != frames {
				t.Errorf("%s: %d frames on the page, %d in text", file, n, frames)
			}
		}
		if n, ok := capinfos(file); ok {
			counted++
			if n != frames {
				t.Errorf("%s: %d frames, capinfos counts %d packets", file, frames, n)
			}
		}
	}
	t.Logf("%d files, %d reports, %d counted by capinfos, too", len(files), told, counted)
	if told < 70 {
		t.Errorf("%d reports of %d files", told, len(files))
	}
}

// testCaptures returns all captures that the packages have for their tests.
func testCaptures(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "fuzz" {
			return filepath.SkipDir
		}
		if !d.Type().IsRegular() || !strings.Contains(path, "/testdata/") {
			return nil
		}
		if r, err := capture.Open(path); err == nil {
			r.Close()
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// winwatch analyzes a file with the given flags.
func winwatch(file string, flags ...string) (stdout, stderr string, status int) {
	cmd := program(append([]string{"analyze", file}, flags...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run() // the status tells
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// section returns a section of a text report in one line, without the notes.
func section(report, heading string) string {
	_, rest, _ := strings.Cut("\n"+report, "\n"+heading+" ")
	var words []string
	for line := range strings.Lines(rest) {
		if regexp.MustCompile(`^ +[\d,]+: `).MatchString(line) || line == "\n" {
			break
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, " ")
}

// jsonSum returns the account in a JSON report as the others write it.
func jsonSum(t *testing.T, report string) string {
	t.Helper()
	var r struct {
		Input struct {
			Frames, Segments uint64
			Skipped          []struct{ Count uint64 }
		}
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	sum := strconv.FormatUint(r.Input.Frames, 10) + " = " + strconv.FormatUint(r.Input.Segments, 10)
	for _, s := range r.Input.Skipped {
		sum += " + " + strconv.FormatUint(s.Count, 10)
	}
	return sum
}

// holds checks a sum such as "1,203 = 1,200 analyzed + 3 not IP" and returns what
// it is of.
func holds(t *testing.T, where, sum string) uint64 {
	t.Helper()
	numbers := regexp.MustCompile(`(?:^|= |\+ |, )([\d,]*\d)`).FindAllStringSubmatch(sum, -1)
	var total, parts uint64
	for i, m := range numbers {
		n, err := strconv.ParseUint(strings.ReplaceAll(m[1], ",", ""), 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		if i == 0 {
			total = n
		} else {
			parts += n
		}
	}
	if len(numbers) < 2 || total != parts {
		t.Errorf("%s: %q does not hold", where, sum)
	}
	return total
}

// capinfos counts the packets of a file up to its damage, and reports false where
// it can't: it reads no text, and refuses some files that winwatch reads.
func capinfos(file string) (uint64, bool) {
	out, _ := exec.Command("capinfos", "-Mc", file).CombinedOutput() // its status tells of the damage
	m := regexp.MustCompile(`(?:Number of packets: +|after reading )(\d+)`).FindSubmatch(out)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(string(m[1]), 10, 64)
	return n, err == nil
}
