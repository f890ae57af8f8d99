package main

import (
	"os/signal"

	"github.com/spf13/cobra"

	"winwatch/cmd/winwatch/internal/confine"
)

// newRenamer returns the hidden command that a confine.Renamer runs.
func newRenamer() *cobra.Command {
	return &cobra.Command{
		Use: confine.RenamerCommand, Hidden: true, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			signal.Ignore(terminating()...) // the process that started this one handles them
			return confine.ServeRenames(cmd.InOrStdin(), cmd.OutOrStdout(), args)
		},
	}
}
