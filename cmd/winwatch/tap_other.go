//go:build !unix

package main

import (
	"os"
	"time"
)

// ready is not known on this system: a read may wait.
func ready(*os.File, time.Duration) bool { return true }
