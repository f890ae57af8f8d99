// Command winwatch finds out from packets who made a sender wait, for how long, and
// how big the buffers were; see winwatch --help.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	_ "winwatch/cmd/winwatch/internal/limits"
)

func main() {
	ignoreSIGPIPE()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs the command and returns the exit status. Rights that it drops are lost to
// this process for good.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// Given nil, Cobra would fall back to os.Args.
	if args == nil {
		args = []string{}
	}
	root := newRoot(args)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return printError(stderr, execute(root))
}

// execute runs the command. It adds the error of printing help, which cobra ignores.
func execute(root *cobra.Command) error {
	var helpErr error
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { helpErr = printHelp(cmd) })
	return errors.Join(root.ExecuteContext(context.Background()), helpErr)
}

const rootLong = `winwatch answers one question: who made the sender wait, for how long, and how
big were the buffers?

It answers from packets alone (analyze), and it proves its answers against the
kernel of this machine (run).`

const rootExample = `  # Flood a server that does not read, and see what the packets reveal:
  winwatch run

  # Who is to blame for a slow transfer?
  winwatch analyze trace.pcap

  # The advertised window of every packet, as a spreadsheet; the report as a page:
  winwatch analyze trace.pcap -o window.csv -o report.html`

const exitStatus = `Exit status: 0 done, 1 failed, 2 wrong usage, 3 done but the input was damaged
(the report covers what could be read).`

// newRoot returns the command with all its subcommands. args are the arguments it
// will run with.
func newRoot(args []string) *cobra.Command {
	root := &cobra.Command{
		Use:     "winwatch COMMAND",
		Short:   "Find out from packets who made a TCP sender wait, and for how long",
		Long:    rootLong + "\n\n" + exitStatus,
		Example: rootExample,
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.DisableFlagsInUseLine = true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newAnalyze(), newRun(args), newSchema(), newVersion(), newCompletion(), newMan(), newRenamer())
	return root
}

// unknownCommand explains a first argument that is not a command. The most common
// mistake is to name a file.
func unknownCommand(root *cobra.Command, word string) error {
	err := usageErrorf("unknown command %q", word)
	if _, statErr := os.Stat(word); statErr == nil {
		return withHint(err, "winwatch analyze "+word)
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if near, ok := nearest(word, names); ok {
		return withHint(err, "did you mean winwatch "+near+"?")
	}
	return withHint(err, "commands: "+strings.Join(names, ", "))
}
