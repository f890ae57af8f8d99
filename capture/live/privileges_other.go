//go:build !linux

package live

import (
	"errors"
	"fmt"
	"os"
)

// Invoker returns this process's user and group.
func Invoker() (uid, gid int, err error) { return os.Getuid(), os.Getgid(), nil }

// DropPrivileges is not available on this system.
func DropPrivileges(uid, gid int) error {
	return fmt.Errorf("give up root: %w", errors.ErrUnsupported)
}

// DenySockets is not available on this system.
func DenySockets() error { return fmt.Errorf("deny sockets: %w", errors.ErrUnsupported) }
