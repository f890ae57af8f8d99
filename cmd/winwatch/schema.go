package main

import (
	"io"

	"github.com/spf13/cobra"

	jsonreport "winwatch/report/json"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of the JSON report",
		Example: "  winwatch schema > winwatch.schema.json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), jsonreport.Schema)
			return err
		},
	}
}
