//go:build !linux

package outfile

import "os"

func writeOut(_ *os.File, _, _, _ int64) error { return nil }

// openDirectory and syncDirectory do nothing: other systems keep names by other means.
func openDirectory(string) *os.File { return nil }

func syncDirectory(_, _ *os.File) error { return nil }
