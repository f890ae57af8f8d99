package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func onlyFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
}

// everywhere runs the test with unnamed files, and as on a file system without them.
func everywhere(t *testing.T, test func(t *testing.T)) {
	t.Run("unnamed", test)
	t.Run("named", func(t *testing.T) {
		unnamedFile = func(string, fs.FileMode) (*os.File, string, error) { return nil, "", errors.ErrUnsupported }
		defer func() { unnamedFile = createUnnamed }()
		test(t)
	})
}

func TestNameAppearsAtCommit(t *testing.T) { everywhere(t, checkNameAppearsAtCommit) }

func checkNameAppearsAtCommit(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "w.csv")
	if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(name); string(b) != "old" {
		t.Errorf("before commit the file holds %q", b)
	}
	if err := o.Commit(); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(name); string(b) != "new" {
		t.Errorf("after commit the file holds %q", b)
	}
	onlyFiles(t, dir, "w.csv")
}

// TestTemporaryName: a name may be as long as the file system allows, and the
// temporary file is in the same directory, even if the path has ".." after a link.
func TestTemporaryName(t *testing.T) { everywhere(t, checkTemporaryName) }

func checkTemporaryName(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("a", "b"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("w", 255-len(".csv")) + ".csv"
	o, err := Create(dir + "/link/../" + long)
	if err != nil {
		t.Fatal(err)
	}
	onlyFiles(t, dir, "a", "link")
	if err := o.Commit(); err != nil {
		t.Fatal(err)
	}
	onlyFiles(t, filepath.Join(dir, "a"), "b", long)
}

// TestMode: a replaced file keeps its mode, but a mode that another user chose
// never opens it to more users than a new file.
func TestMode(t *testing.T) { everywhere(t, checkMode) }

func checkMode(t *testing.T) {
	for _, test := range []struct {
		name     string
		mode     os.FileMode
		anothers bool
		group    int         // -1: as for a new file
		want     os.FileMode // 0: as for a new file
	}{
		{"private.csv", 0o600, false, -1, 0o600},
		{"shared.csv", 0o664, false, -1, 0o664},
		{"read-only.csv", 0o400, false, -1, 0o400},
		{"another-groups.csv", 0o640, false, 12345, 0o600},
		{"everybodys.csv", 0o644, false, 12345, 0o644},
		{"planted.csv", 0o666, true, 12345, 0},
		{"anothers.csv", 0o600, true, 12345, 0o600},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.group >= 0 && os.Geteuid() != 0 {
				t.Skip("not root: can't create files of other users or groups")
			}
			dir := t.TempDir()
			name := filepath.Join(dir, test.name)
			if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(name, test.mode); err != nil {
				t.Fatal(err)
			}
			user := -1
			if test.anothers {
				user = 12345
			}
			if err := os.Chown(name, user, test.group); err != nil {
				t.Fatal(err)
			}
			if test.want == 0 {
				test.want = modeOfOutput(t, filepath.Join(dir, "new.csv"))
			}
			if got := modeOfOutput(t, name); got != test.want {
				t.Errorf("mode %v, want %v", got, test.want)
			}
		})
	}
}

// modeOfOutput writes a file and returns its mode.
func modeOfOutput(t *testing.T, name string) os.FileMode {
	t.Helper()
	o, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Commit(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestFailureKeepsTheOldFile(t *testing.T) { everywhere(t, checkFailureKeepsTheOldFile) }

func checkFailureKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "w.csv")
	if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	o.Fail(full)
	if _, err := o.Write([]byte("new")); err != nil {
		t.Errorf("a write after a failure: %v", err)
	}
	if err := o.Commit(); !errors.Is(err, full) || !strings.Contains(err.Error(), "w.csv was not written") {
		t.Errorf("commit: %v", err)
	}
	if b, _ := os.ReadFile(name); string(b) != "old" {
		t.Errorf("the file holds %q", b)
	}
	onlyFiles(t, dir, "w.csv")
}

func TestDiscard(t *testing.T) { everywhere(t, checkDiscard) }

func checkDiscard(t *testing.T) {
	dir := t.TempDir()
	o, err := Create(filepath.Join(dir, "w.csv"))
	if err != nil {
		t.Fatal(err)
	}
	o.Discard()
	onlyFiles(t, dir)
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, "link.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "dir.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, reason := range map[string]string{
		"link.csv":     "is a symbolic link",
		"dir.csv":      "not a regular file",
		"nodir/w.csv":  "no such file or directory",
		"target/w.csv": "not a directory",
	} {
		o, err := Create(filepath.Join(dir, name))
		if err == nil {
			o.Discard()
		}
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want %q in it", name, err, reason)
		}
	}
	if b, _ := os.ReadFile(target); string(b) != "precious" {
		t.Errorf("the target of the link holds %q", b)
	}
	onlyFiles(t, dir, "dir.csv", "link.csv", "target")
}

// TestRemoveUnfinished is in a set of its own: the real one stays locked.
func TestRemoveUnfinished(t *testing.T) { everywhere(t, checkRemoveUnfinished) }

func checkRemoveUnfinished(t *testing.T) {
	dir := t.TempDir()
	var set fileSet
	for _, name := range []string{"whole.csv", "part.csv"} {
		f, err := Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "whole.csv" {
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		defer f.Discard()
		set.add(f)
	}
	set.remove()
	onlyFiles(t, dir, "whole.csv")
}

// TestLargeFile: a file that was written to disk while it grew is complete.
func TestLargeFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "w.csv")
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20-1)
	const chunks = 3*dirtyBytes>>20 + 1
	for i := range chunks {
		chunk[0] = byte(i)
		f.Write(chunk)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil || len(b) != chunks*len(chunk) {
		t.Fatalf("%d bytes, want %d: %v", len(b), chunks*len(chunk), err)
	}
	for i := range chunks {
		if b[i*len(chunk)] != byte(i) {
			t.Fatalf("chunk %d begins with %d", i, b[i*len(chunk)])
		}
	}
}
