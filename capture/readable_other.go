//go:build !unix

package capture

import (
	"os"
	"time"
)

// nonblock is no flag: this system has no named pipes among its files.
const nonblock = 0

// readable always reports true: this system can't tell, and a read may block.
func readable(*os.File, time.Duration) bool { return true }
