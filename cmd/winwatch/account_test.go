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
	"sync/atomic"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestReportsAccountForPackets: for a sample of the captures in the tree, or all in a
// full run, each report accounts for every packet. It shows the sum, the sum is
// correct, and the total is the number of packets that capinfos counts in the file.
func TestReportsAccountForPackets(t *testing.T) {
	program := buildProgram(t)
	files := capturetest.Sample(testCaptures(t), 3)
	var reports, counted atomic.Int64
	t.Run("captures", func(t *testing.T) {
		for _, file := range files {
			t.Run(strings.TrimPrefix(file, "../../"), func(t *testing.T) {
				t.Parallel()
				frames, reported, ok := accounted(t, program, file)
				if !ok {
					return
				}
				if reported {
					reports.Add(1)
				}
				if n, ok := capinfos(file); ok {
					counted.Add(1)
					if n != frames {
						t.Errorf("%d frames in the reports, capinfos counts %d packets", frames, n)
					}
				}
			})
		}
	})
	t.Logf("%d files, %d reports, %d also counted by capinfos", len(files), reports.Load(), counted.Load())
	if int(reports.Load()) < len(files)/2 {
		t.Errorf("only %d of %d files gave reports", reports.Load(), len(files))
	}
}

// accounted returns the number of frames that all reports of a file account for, or
// that the error does in their place. reported is false if there is only an error, and
// ok is false if nothing accounts for the frames.
func accounted(t *testing.T, program, file string) (frames uint64, reported, ok bool) {
	t.Helper()
	dir := t.TempDir()
	page, object := filepath.Join(dir, "r.html"), filepath.Join(dir, "r.json")
	text, errs, status := runToEnd(exec.Command(program, "analyze", file, "-o", page, "-o", object))
	if status == statusUsage {
		t.Errorf("status %d: %s", status, errs)
		return 0, false, false
	}
	if text == "" {
		m := regexp.MustCompile(`no TCP in its ([\d,]+) packets?: (.*)`).FindStringSubmatch(errs)
		if m == nil {
			return 0, false, false
		}
		return checkSum(t, "stderr", m[1]+" = "+m[2]), false, true
	}
	frames = checkSum(t, "text", section(text, "Frames"))
	if n := checkSum(t, "JSON", jsonSum(t, string(readFile(t, object)))); n != frames {
		t.Errorf("%d frames in JSON, %d in text", n, frames)
	}
	m := regexp.MustCompile(`<p class="frames quiet">Frames: ([^;<]*)`).FindStringSubmatch(html.UnescapeString(string(readFile(t, page))))
	if m == nil {
		t.Error("the page does not account for the frames")
	} else if n := checkSum(t, "page", m[1]); n != frames {
		t.Errorf("%d frames on the page, %d in text", n, frames)
	}
	return frames, true, true
}

// testCaptures returns all captures in the testdata directories of the packages.
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

// runToEnd runs a command and returns what it wrote and its exit status.
func runToEnd(cmd *exec.Cmd) (stdout, stderr string, status int) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run() // the exit status is returned
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// section returns a section of a text report on one line, without the notes.
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

// jsonSum returns the sum of a JSON report in the form of the other reports.
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

// checkSum checks a sum such as "1,203 = 1,200 analyzed + 3 not IP" and returns its
// total.
func checkSum(t *testing.T, where, sum string) uint64 {
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
		t.Errorf("%s: %q does not add up", where, sum)
	}
	return total
}

// capinfos counts the packets of a file up to its damage. It reports false if
// capinfos can't read the file: it reads no text, and refuses some files that winwatch
// reads, or parts of them.
func capinfos(file string) (uint64, bool) {
	switch {
	case strings.HasSuffix(file, ".xz"), strings.HasSuffix(file, ".bz2"), // it takes them for something else
		filepath.Base(file) == "suse.pcap",     // it takes the last field of a record for data
		filepath.Base(file) == "pcapng.bin.gz": // it stops at a simple packet block that its packet is cut off in
		return 0, false
	}
	out, _ := exec.Command("capinfos", "-Mc", file).CombinedOutput() // it fails if the file is damaged
	m := regexp.MustCompile(`(?:Number of packets: +|after reading )(\d+)`).FindSubmatch(out)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(string(m[1]), 10, 64)
	return n, err == nil
}
