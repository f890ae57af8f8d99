//go:build unix

package capture_test

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"winwatch/capture"
)

// TestPreopenTooMany checks that too many files are an error, not silently skipped.
func TestPreopenTooMany(t *testing.T) {
	files := map[string][]byte{}
	for i := range 100 {
		files[fmt.Sprint(i)] = nil
	}
	dir := writeFiles(t, files)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	few := old
	few.Cur = 80
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	h, err := capture.Preopen([]string{dir})
	if errBack := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old); errBack != nil {
		t.Fatal(errBack)
	}
	if !errors.Is(err, syscall.EMFILE) {
		h.Close()
		t.Errorf("preopen of 100 files with a limit of 80: %v, want EMFILE", err)
	}
}
