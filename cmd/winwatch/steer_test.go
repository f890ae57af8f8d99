//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"winwatch/report"
)

// steering returns file names that together have every character that may steer: all
// control, formatting and separating ones, tags and variation selectors, default ignorables,
// samples of private and unassigned ones, and bytes that are not UTF-8.
func steering() (names []string) {
	const longest = 180 // bytes; file systems allow 255, with what is added to a name
	name := ""
	add := func(s string) {
		if len(name)+len(s) > longest {
			names, name = append(names, name), ""
		}
		name += s
	}
	for _, s := range []string{"\xff", "\xc3", "\xed\xa0\x80", "\xed\xb0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\xc2", "\x9b", "\xe2\x80"} {
		add("x" + s + "x")
	}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		tag := r>>8 == 0xe00 || r == 0xe0100 || r == 0xe01ef || r == 0xe0fff
		sample := r == 0x378 || r == 0xffff || r == 0xe000 || r == 0xf8ff || r == 0x10fffd
		hidden := r < 0xe0000 && unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || tag || sample || hidden {
			add(string(r))
		}
	}
	return append(names, name)
}

// TestNothingSteers gives captures the names from steering, and checks every output that can
// contain a name.
func TestNothingSteers(t *testing.T) {
	keepRights(t)
	flood := readFile(t, "../../analyze/testdata/seed-flood.pcap")
	t.Chdir(t.TempDir())
	for _, name := range steering() {
		whole, cut, empty, none := "whole"+name, "cut"+name, "empty"+name, "none"+name
		for file, data := range map[string][]byte{whole: flood, cut: flood[:1000], empty: flood[:10], none: []byte("no capture")} {
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatalf("%q: %v", file, err)
			}
		}
		for _, args := range [][]string{
			{cut, "-v", "-o", "w.csv", "-o", "events.csv", "-o", "p.html", "-o", "r.json", "-o", "p.svg"},
			{empty, cut, "--format=json", "-o", "p.html", "-o", "p.svg"}, {empty, "-o", "p.html", "-o", "p.svg", "-o", "r.json"}, {empty, "-q"},
			{none}, {"missing" + name}, {"--each", whole, cut, empty, none}, {whole, "-o", "dir" + name + "/w.csv"}, {whole, "-o", whole},
			{whole, "--stream", "9", "--format", "csv"}, {whole, "--format", name}, {"--" + name}, {whole, "--from", name},
		} {
			steerNothing(t, args)
		}
	}
}

// steerNothing runs analyze and checks what it writes.
func steerNothing(t *testing.T, args []string) {
	t.Helper()
	var out, errs bytes.Buffer
	status := run(append([]string{"analyze"}, args...), strings.NewReader(""), &out, &errs)
	if out.Len()+errs.Len() == 0 {
		t.Errorf("%q: status %d and no output", args, status)
	}
	written := map[string]string{"stdout": out.String(), "stderr": errs.String()}
	for _, pattern := range []string{"?.???", "?.????", "events.csv"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			written[file] = string(readFile(t, file))
			os.Remove(file)
		}
	}
	for name, text := range written {
		allowed := "\n"
		switch name {
		case "p.html":
			_, text, _ = strings.Cut(text, "</style>")
			text, _, _ = strings.Cut(text, `<script type="text/plain"`)
		case "p.svg":
			allowed = "\n\t"
		}
		at := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(allowed, r) && report.Steers(r) })
		if at >= 0 || !utf8.ValidString(text) {
			t.Errorf("%q: %s steers at byte %d: %s", args, name, at, fmt.Sprintf("%.60q", text[max(at, 0):]))
		}
	}
}
