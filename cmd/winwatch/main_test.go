package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"winwatch/capture/capturetest"
	"winwatch/cmd/winwatch/internal/confine"
)

func TestMain(m *testing.M) {
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", raceOptions) // for the commands that the tests run
	}
	if len(os.Args) > 1 && os.Args[1] == confine.RenamerCommand && filepath.Base(os.Args[0]) != "winwatch" {
		// A test dropped the rights of its own process and started a renamer.
		fmt.Fprintln(os.Stderr, "this test must run winwatch in a separate process: see program")
		os.Exit(1)
	}
	testscript.Main(cleaning{m}, map[string]func(){"winwatch": main})
}

// cleaning removes the files that the tests share after the last test.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	defer func() {
		if built.dir != "" {
			os.RemoveAll(built.dir)
		}
	}()
	return c.M.Run()
}

// built is the winwatch binary for users, built by the first test that needs it.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// buildProgram returns winwatch built without the race detector, which takes most of
// the time and memory of short runs.
func buildProgram(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "winwatch-built"); built.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", built.dir, ".").CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build winwatch: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "winwatch")
}

// raceOptions keeps the race detector from sleeping for a second at exit.
const raceOptions = "atexit_sleep_ms=0"

// searchPath returns a PATH with winwatch built without the race detector or, in a full
// run, the test binary under the name winwatch.
func searchPath(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PATH")
	if capturetest.Full() {
		return path
	}
	return filepath.Dir(buildProgram(t)) + string(filepath.ListSeparator) + path
}

// TestScripts runs the scripts in testdata/script, in which DATA is the analyzer's
// testdata. WINWATCH_UPDATE=1 rewrites the expected outputs in them.
func TestScripts(t *testing.T) {
	data, err := filepath.Abs("../../analyze/testdata")
	if err != nil {
		t.Fatal(err)
	}
	path := searchPath(t)
	testscript.Run(t, testscript.Params{
		Setup: func(env *testscript.Env) error {
			env.Setenv("DATA", data)
			env.Setenv("PATH", path)
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Dir: "testdata/script",
		Condition: func(cond string) (bool, error) {
			if cond == "capture" {
				return canCapture, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		UpdateScripts:       os.Getenv("WINWATCH_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "unhex": unhex, "cut": cut,
		},
	})
}

// status runs a command and checks its exit status: status 2 winwatch help-me.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status NUMBER COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// unhex decodes a file of hexadecimal digits and comments: unhex FILE DIGITS.
func unhex(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unhex FILE DIGITS")
	}
	var digits strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		code, _, _ := strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(code), ""))
	}
	b, err := hex.DecodeString(digits.String())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// cut copies the first bytes of a file: cut FILE BYTES INPUT.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: cut FILE BYTES INPUT")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[2])[:n]), 0o644))
}

// onlyFiles checks that a directory holds the named files, in this order, and no
// others.
func onlyFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := namesIn(t, dir); !slices.Equal(got, want) {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
}

// namesIn returns the names in a directory, in order.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
