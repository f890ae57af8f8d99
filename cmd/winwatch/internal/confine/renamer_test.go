package confine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeRenames: each file can be finished once, no other file can be named, and
// unfinished files are removed at the end.
func TestServeRenames(t *testing.T) {
	dir := t.TempDir()
	var names []string
	for _, name := range []string{"a", "b", "c"} {
		temp := filepath.Join(dir, "."+name+".part")
		if err := os.WriteFile(temp, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, temp, filepath.Join(dir, name))
	}
	requests := "rename 0\nremove 1\nrename 0\nrename 3\nrename -1\nrename x\nrename\n"
	var replies strings.Builder
	if err := ServeRenames(strings.NewReader(requests), &replies, names); err != nil {
		t.Fatal(err)
	}
	want := []string{"ok", "ok", "there is no file 0", "there is no file 3", "there is no file -1"}
	got := strings.Split(strings.TrimSpace(replies.String()), "\n")
	if len(got) != 7 || strings.Join(got[:5], "\n") != strings.Join(want, "\n") {
		t.Errorf("replies %q", got)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != "a" {
		t.Errorf("the directory holds %v, want only a: %v", left, err)
	}
}
