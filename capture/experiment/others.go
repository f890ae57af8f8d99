//go:build !linux

package experiment

import (
	"context"
	"errors"
	"io"

	"winwatch/capture/kernel"
)

var errNotLinux = errors.New("the experiments ask the Linux kernel: they run on Linux only")

type runner struct{}

// Scenarios returns none: the experiments are for Linux.
func Scenarios() []Scenario { return nil }

// Run returns an error: the experiments are for Linux.
func (Scenario) Run(context.Context, Config, Hooks) (*kernel.Witness, error) {
	return nil, errNotLinux
}

// Isolated returns false: there are no network namespaces.
func Isolated() bool { return false }

// EnterIsolation does nothing.
func EnterIsolation() (isolated bool, err error) { return false, nil }

// Isolation cannot be had on this system.
type Isolation struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run returns an error: there are no network namespaces.
func (Isolation) Run(context.Context) (exitStatus int, err error) { return 1, ErrCannotIsolate }
