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

// dropPrivileges is live.DropPrivileges; tests that go on afterwards have another.
var dropPrivileges = live.DropPrivileges

// giveUpRights gives up, for good, what parsing does not need: this process may
// open and name files as its user may, and start no program. To whoever is not
// root that is one more wall, which not every system has.
func giveUpRights() error {
	root := givesUpRoot()
	if err := dropPrivileges(live.Invoker()); err != nil && root {
		return err
	}
	return nil
}

// secure opens the captures, as they may be root's, and gives up what parsing them
// does not need. The captures are nil if they can be opened at any time.
func (o *analyzeOptions) secure() (held *capture.Held, err error) {
	if givesUpRoot() {
		if held, err = capture.Hold(o.files); err != nil {
			return nil, explainInput(err)
		}
	}
	if err := giveUpRights(); err != nil {
		held.Close()
		return nil, fmt.Errorf("analyze: %w", err)
	}
	return held, nil
}
