package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			capture := "with live capture"
			if !canCapture {
				capture = "without live capture (built with CGO_ENABLED=0)"
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "winwatch %s %s %s/%s, %s\n",
				version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, capture)
			return err
		},
	}
}

// version returns the version that the Go command recorded in the build: the
// module's, or one derived from the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
