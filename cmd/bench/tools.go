//go:build linux

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"
)

// tools are the paths of the programs to run, "" for those that are not installed.
type tools struct {
	winwatch, self             string
	capinfos, tcptrace, tshark string
	versions                   []string
}

// findTools builds winwatch and looks for the tools to compare it with.
func findTools(dir string) (t tools, err error) {
	t.winwatch = filepath.Join(dir, "winwatch")
	build := exec.Command("go", "build", "-o", t.winwatch, "./cmd/winwatch")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return t, fmt.Errorf("go build ./cmd/winwatch: %w", err)
	}
	if t.self, err = os.Executable(); err != nil {
		return t, err
	}
	for _, p := range []struct {
		path          *string
		name, version string
	}{
		{&t.capinfos, "capinfos", "--version"},
		{&t.tcptrace, "tcptrace", "-version"},
		{&t.tshark, "tshark", "--version"},
	} {
		*p.path, _ = exec.LookPath(p.name)
		if *p.path == "" {
			t.versions = append(t.versions, p.name+" is not installed")
			continue
		}
		out, _ := exec.Command(*p.path, p.version).CombinedOutput() // tcptrace prints its version and fails
		number := regexp.MustCompile(`\d+\.\d+[.\d]*`).Find(out)
		t.versions = append(t.versions, fmt.Sprintf("%s %s", p.name, number))
	}
	return t, nil
}

// machine describes where the benchmark runs.
func machine() string {
	var u unix.Utsname
	unix.Uname(&u)
	cpu, memory := procLine("/proc/cpuinfo", "model name"), procLine("/proc/meminfo", "MemTotal")
	return fmt.Sprintf("%s, %d cores, %s memory, Linux %s %s, %s", cmp.Or(cpu, "unknown processor"), runtime.NumCPU(), memory,
		unix.ByteSliceToString(u.Release[:]), unix.ByteSliceToString(u.Machine[:]), runtime.Version())
}

// procLine returns the value of the first line with the given name in a /proc file.
func procLine(file, name string) string {
	data, _ := os.ReadFile(file)
	for line := range bytes.Lines(data) {
		if key, value, ok := strings.Cut(string(line), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// load returns the load average of the last minute.
func load() string {
	data, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(data), " ")
	return first
}

// decompressFile decompresses a file with the decompressors of winwatch and discards
// the output.
func decompressFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 256<<10)
	var z io.Reader
	if strings.HasSuffix(name, ".gz") {
		z, err = gzip.NewReader(in)
	} else {
		z, err = zstd.NewReader(in, zstd.WithDecoderLowmem(true))
	}
	if err != nil {
		return err
	}
	// Use only Read, as winwatch does: WriteTo takes a different code path.
	_, err = io.CopyBuffer(io.Discard, struct{ io.Reader }{z}, make([]byte, 256<<10))
	return err
}
