//go:build !linux

package experiment

import (
	"context"
	"errors"
	"io"

	"winwatch/capture/kernel"
)

var errNotLinux = errors.New("experiments query the Linux kernel and run only on Linux")

type runner struct{}

// Scenarios returns none: experiments need Linux.
func Scenarios() []Scenario { return nil }

// Run returns an error: experiments need Linux.
func (Scenario) Run(context.Context, Config, Hooks) (*kernel.Witness, error) {
	return nil, errNotLinux
}

// Isolated returns false: there are no network namespaces.
func Isolated() bool { return false }

// EnterIsolation does nothing.
func EnterIsolation() (isolated bool, err error) { return false, nil }

// Isolation is not available on this system.
type Isolation struct {
	Args           []string
	Hosts          bool
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run returns an error: there are no network namespaces.
func (Isolation) Run(context.Context) (exitStatus int, err error) { return 1, ErrCannotIsolate }
