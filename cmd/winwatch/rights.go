package main

import (
	"fmt"
	"os"
	"runtime"

	"winwatch/capture"
	"winwatch/capture/live"
)

// givesUpRoot reports whether this process is root, and will not be when it
// parses what strangers made.
func givesUpRoot() bool { return runtime.GOOS == "linux" && os.Geteuid() == 0 }

// Tests that go on afterwards have others of these.
var (
	dropPrivileges = live.DropPrivileges
	denySockets    = live.DenySockets
)

// giveUpRights gives up, for good, what parsing does not need: this process may
// open and name files as its user may, and start no program. To whoever is not
// root that is one more wall, which not every system has. sockets says whether some
// may still be made.
func giveUpRights(sockets bool) error {
	root := givesUpRoot()
	err := dropPrivileges(live.Invoker())
	if err == nil && !sockets {
		err = denySockets()
	}
	if err != nil && root {
		return err
	}
	return nil
}

// secure opens the captures, as they may be root's, and gives up what parsing them
// does not need. The captures are nil if they can be opened at any time.
func (o *analyzeOptions) secure() (held *capture.Preopened, err error) {
	if givesUpRoot() {
		if held, err = capture.Preopen(o.files); err != nil {
			return nil, explainInput(err)
		}
	}
	names := o.filter != "" // it may hold some that are to be looked up
	if err := giveUpRights(names); err != nil {
		held.Close()
		return nil, fmt.Errorf("analyze: %w", err)
	}
	return held, nil
}
