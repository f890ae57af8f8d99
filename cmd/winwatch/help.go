package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// printHelp writes the help of a command: its purpose, then examples, then its
// flags.
func printHelp(cmd *cobra.Command) error {
	w := &bytes.Buffer{}
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n  %s\n", text, cmd.UseLine())
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-12s%s\n", c.Name(), c.Short)
			}
		}
		fmt.Fprintf(w, "\nRun %s COMMAND --help for more about a command.\n", cmd.CommandPath())
	}
	if cmd.HasAvailableLocalFlags() && cmd.HasParent() {
		fmt.Fprint(w, "\nFlags:\n")
		printFlags(w, cmd.LocalFlags())
	}
	_, err := w.WriteTo(cmd.OutOrStdout())
	return err
}

func printFlags(w io.Writer, flags *pflag.FlagSet) {
	const column = 28
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := flagUsage(f)
		left := "      --" + f.Name
		if f.Shorthand != "" {
			left = "  -" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			left += " " + value
		}
		if len(left) >= column-1 {
			fmt.Fprintln(w, left)
			left = ""
		}
		indent := "\n" + strings.Repeat(" ", column)
		fmt.Fprintf(w, "%-*s%s\n", column, left, strings.ReplaceAll(usage, "\n", indent))
	})
}

// flagUsage returns the placeholder for a flag's value ("" for a switch) and its usage.
func flagUsage(f *pflag.Flag) (value, usage string) {
	value, usage = pflag.UnquoteUsage(f)
	if f.Value.Type() == "bool" {
		value = ""
	}
	return value, usage
}
