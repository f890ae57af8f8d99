package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"winwatch/report"
)

// The exit statuses, as documented in exitStatus.
const (
	statusDone = iota
	statusFailed
	statusUsage
	statusDamaged
)

// errDamaged is returned by a command that did its work on damaged input. The
// report already says so.
var errDamaged = errors.New("input was damaged")

// A damagedError describes damage to an input that no report mentions.
type damagedError struct{ error }

func (e damagedError) Unwrap() error { return e.error }

// errReported is returned by a command that has failed and has printed why.
var errReported = errors.New("failed")

// A statusError is the exit status of another run of this program, which has
// printed its own errors.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// A usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usageErrorf(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// A hinted error comes with advice, in lines that are printed below the error.
type hinted struct {
	error
	lines []string
}

func (e hinted) Unwrap() error { return e.error }

func withHint(err error, lines ...string) error { return hinted{err, lines} }

// joined returns the errors that errors.Join combined into err, nil if err is a
// single error.
func joined(err error) []error {
	list, ok := err.(interface{ Unwrap() []error })
	if !ok || len(list.Unwrap()) == 0 || err.Error() != errors.Join(list.Unwrap()...).Error() {
		return nil
	}
	return list.Unwrap()
}

// printError prints err as "winwatch: what: why", with its hint, and returns the
// exit status: the worst one if several errors are joined.
func printError(stderr io.Writer, err error) (status int) {
	if errs := joined(err); errs != nil {
		for _, e := range errs {
			status = worse(status, printError(stderr, e))
		}
		return status
	}
	var other statusError
	switch {
	case err == nil:
		return statusDone
	case errors.Is(err, errDamaged):
		return statusDamaged
	case errors.Is(err, errReported):
		return statusFailed
	case errors.As(err, &other):
		return int(other)
	case errors.Is(err, syscall.EPIPE):
		// The reader of the output has seen enough.
		return statusDone
	}
	fmt.Fprintf(stderr, "winwatch: %s\n", report.Clean(err.Error()))
	var hint hinted
	if errors.As(err, &hint) {
		for _, line := range hint.lines {
			fmt.Fprintf(stderr, "  %s\n", report.Clean(line))
		}
	}
	return statusOf(err)
}

// statusOf returns the exit status for an error that was printed.
func statusOf(err error) int {
	var usage usageError
	var damaged damagedError
	switch {
	case errors.As(err, &usage):
		return statusUsage
	case errors.As(err, &damaged):
		return statusDamaged
	}
	return statusFailed
}

// worse returns the more severe exit status: wrong usage, then failure, then damaged
// input.
func worse(a, b int) int {
	if a == statusDone || a == statusDamaged && b != statusDone || b == statusUsage {
		return b
	}
	return a
}

// flagError explains a flag that pflag rejected, and suggests the one that was
// probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) {
		return withHint(usageError{err}, "see "+cmd.CommandPath()+" --help")
	}
	name := missing.GetSpecifiedName()
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near, ok := nearest(name, names); ok && len(name) > 1 {
		return withHint(usageErrorf("unknown flag --%s", name), "did you mean --"+near+"?")
	}
	return withHint(usageErrorf("unknown flag %s", dashed(name)), "see "+cmd.CommandPath()+" --help")
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// nearest returns the candidate that word was most likely meant to be: one that
// starts with it, or the one with the fewest typing errors, if there are few.
func nearest(word string, candidates []string) (string, bool) {
	best, distance := "", len(word)/3+2
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if word != "" && strings.HasPrefix(c, word) {
			return c, true
		}
		if d := editDistance(word, c); d < distance {
			best, distance = c, d
		}
	}
	return best, best != ""
}

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
