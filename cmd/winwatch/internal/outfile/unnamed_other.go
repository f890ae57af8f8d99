//go:build !linux

package outfile

import (
	"errors"
	"io/fs"
	"os"
)

// createUnnamed fails: only Linux has files without a name.
func createUnnamed(string, fs.FileMode) (*os.File, string, error) {
	return nil, "", errors.ErrUnsupported
}

func descriptor(uintptr) string { return "" }
func unnamed(string) bool       { return false }
func link(string, string) error { return errors.ErrUnsupported }
