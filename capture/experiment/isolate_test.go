//go:build linux

package experiment

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"testing"
	"time"
)

// TestInterrupt checks that the child gets SIGINT when the context ends, and that
// its exit status is returned.
func TestInterrupt(t *testing.T) {
	const ready = "the child waits for SIGINT"
	if Isolated() {
		heard := make(chan os.Signal, 1)
		signal.Notify(heard, os.Interrupt)
		os.Stdout.WriteString(ready + "\n")
		select {
		case <-heard:
		case <-time.After(time.Minute):
			t.Error("no SIGINT came")
		}
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	go func() {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			if strings.Contains(lines.Text(), ready) {
				cancel()
			}
		}
	}()
	status, err := Isolation{Args: childArgs(t.Name()), Stdout: w, Stderr: w}.Run(ctx)
	if errors.Is(err, ErrCannotIsolate) {
		t.Skip(err)
	}
	if status != 0 || err != nil || ctx.Err() == nil {
		t.Errorf("status %d, error %v, context %v", status, err, ctx.Err())
	}
}
