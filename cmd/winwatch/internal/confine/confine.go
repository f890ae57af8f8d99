// Package confine drops the privileges that parsing untrusted captures does not
// need, and keeps the few that are needed later in a second process.
package confine

import (
	"os"
	"runtime"

	"winwatch/capture/live"
)

// DropsRoot reports whether Drop changes the user: this process is root, on a
// system where winwatch can stop being root.
func DropsRoot() bool { return runtime.GOOS == "linux" && os.Geteuid() == 0 }

// Drop gives up for good what parsing does not need: the process keeps the right
// to open and rename files as an ordinary user, and can start no program. Unless
// sockets is set, it can create no sockets either. For users other than root this
// is defence in depth, and Drop ignores a system that doesn't support it.
func Drop(sockets bool) error {
	root := DropsRoot()
	var uid, gid int
	if root {
		var err error
		if uid, gid, err = live.Invoker(); err != nil {
			return err
		}
	}
	err := live.DropPrivileges(uid, gid)
	if err == nil && !sockets {
		err = live.DenySockets()
	}
	if err != nil && root {
		return err
	}
	return nil
}
