package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlaceFiles: it does what it is asked for the files it was given, once each,
// and removes what was not finished.
func TestPlaceFiles(t *testing.T) {
	dir := t.TempDir()
	var names []string
	for _, name := range []string{"a", "b", "c"} {
		temp := filepath.Join(dir, "."+name+".part")
		if err := os.WriteFile(temp, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, temp, filepath.Join(dir, name))
	}
	requests := "place 0\nremove 1\nplace 0\nplace 3\nplace -1\nplace x\nplace\n"
	var replies strings.Builder
	if err := placeFiles(strings.NewReader(requests), &replies, names); err != nil {
		t.Fatal(err)
	}
	want := []string{"ok", "ok", "there is no file 0", "there is no file 3", "there is no file -1"}
	got := strings.Split(strings.TrimSpace(replies.String()), "\n")
	if len(got) != 7 || strings.Join(got[:5], "\n") != strings.Join(want, "\n") {
		t.Errorf("replies %q", got)
	}
	onlyFiles(t, dir, "a")
}
