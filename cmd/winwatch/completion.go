package main

import "github.com/spf13/cobra"

const completionLong = `Prints a script that completes winwatch's commands, flags and files.`

const completionExample = `  # bash, with the package bash-completion:
  winwatch completion bash > ~/.local/share/bash-completion/completions/winwatch

  # zsh, into a directory of $fpath:
  winwatch completion zsh > "${fpath[1]}/_winwatch"

  # fish:
  winwatch completion fish > ~/.config/fish/completions/winwatch.fish`

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:                   "completion bash|zsh|fish",
		Short:                 "Print the completion script of a shell",
		Long:                  completionLong,
		Example:               completionExample,
		ValidArgs:             []string{"bash", "zsh", "fish"},
		DisableFlagsInUseLine: true,
		Args:                  exactly(1, "a shell: bash, zsh or fish"),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, w := cmd.Root(), cmd.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(w, true)
			case "zsh":
				return root.GenZshCompletion(w)
			case "fish":
				return root.GenFishCompletion(w, true)
			}
			return usageErrorf("completion: %q: unknown shell, want bash, zsh or fish", args[0])
		},
	}
}
