package live

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

// Sudoer returns the user and group who ran this program with sudo, as sudo(8) tells in
// SUDO_UID and SUDO_GID; ok is false if either is missing. Anything but two ids that
// the system can have is an error: the kernel would cut a larger number off, perhaps to
// that of root, and it takes the largest for "no change" (setresuid(2), chown(2)).
func Sudoer() (uid, gid int, ok bool, err error) {
	if uid, ok, err = idFrom("SUDO_UID"); !ok {
		return 0, 0, false, err
	}
	if gid, ok, err = idFrom("SUDO_GID"); !ok {
		return 0, 0, false, err
	}
	return uid, gid, true, nil
}

// idFrom returns the id in an environment variable, if it is set.
func idFrom(variable string) (id int, ok bool, err error) {
	text := os.Getenv(variable)
	if text == "" {
		return 0, false, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == math.MaxUint32 {
		return 0, false, fmt.Errorf("%s=%s: want a number from 0 to %d", variable, text, uint32(math.MaxUint32-1))
	}
	return int(n), true, nil
}
