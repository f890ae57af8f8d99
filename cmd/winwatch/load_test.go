//go:build linux

package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winwatch/analyze/proof"
)

// TestRunUnderLoad runs the main job while other connections push through the
// same loopback all that it takes: the filter keeps them out, and what was dropped
// nevertheless is told and leaves nothing to judge, so that nothing told is wrong.
func TestRunUnderLoad(t *testing.T) {
	needLive(t)
	if os.Geteuid() != 0 {
		t.Skip("not root: the run would have a loopback of its own")
	}
	moved := push(t, 2)
	report := filepath.Join(t.TempDir(), "r.json")
	begin, before := time.Now(), moved.Load()
	cmd := program("run", "--port=0", "--hold=2s", "--format=proof", "-o", report)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	rate := float64(moved.Load()-before) / time.Since(begin).Seconds() / 1e9
	if err != nil {
		t.Fatalf("beside %.2f GB/s: %v\n%s%s", rate, err, out, &errs)
	}
	var proof proof.Proof
	if err := json.Unmarshal(out, &proof); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Input    struct{ Frames, Segments int }
		Summary  struct{ Streams int }
		Warnings []struct{ Code string }
	}
	if err := json.Unmarshal(readFile(t, report), &r); err != nil {
		t.Fatal(err)
	}
	if r.Summary.Streams != 1 || r.Input.Frames != r.Input.Segments {
		t.Errorf("the filter let others through: %+v", r)
	}
	dropped := slices.ContainsFunc(r.Warnings, func(w struct{ Code string }) bool { return w.Code == "dropped-packets" })
	if dropped != strings.Contains(proof.Withheld, "dropped") {
		t.Errorf("withheld %q, warnings %v", proof.Withheld, r.Warnings)
	}
	if failed := proof.Failed(); len(failed) > 0 {
		t.Errorf("wrong: %+v", failed)
	}
	if moved.Load() == before {
		t.Error("nothing moved beside it")
	}
	t.Logf("beside %.2f GB/s: %d packets captured, dropped: %v", rate, r.Input.Frames, dropped)
}

// push moves bytes over so many connections on loopback until the test ends, for
// half a minute at most, and counts them.
func push(t *testing.T, connections int) *atomic.Int64 {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	var running sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		l.Close()
		running.Wait()
	})
	moved := &atomic.Int64{}
	for range connections {
		out, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		in, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		context.AfterFunc(ctx, func() {
			out.Close()
			in.Close()
		})
		running.Go(func() {
			for buf := make([]byte, 1<<20); err == nil; {
				_, err = out.Write(buf)
			}
		})
		running.Go(func() {
			for buf := make([]byte, 1<<20); ; {
				n, err := in.Read(buf)
				moved.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
	}
	return moved
}
