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

// TestRunUnderLoad runs the experiment while other connections saturate the same
// loopback. The filter keeps them out. If packets are dropped nevertheless, a warning
// says so and the proof is withheld, so that the report claims nothing wrong.
func TestRunUnderLoad(t *testing.T) {
	needLive(t)
	if os.Geteuid() != 0 {
		t.Skip("not root: the run would use a private loopback")
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
		t.Fatalf("with %.2f GB/s of other traffic: %v\n%s%s", rate, err, out, &errs)
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
		t.Errorf("the filter passed other connections: %+v", r)
	}
	dropped := slices.ContainsFunc(r.Warnings, func(w struct{ Code string }) bool { return w.Code == "dropped-packets" })
	if dropped != strings.Contains(proof.Withheld, "dropped") {
		t.Errorf("withheld %q, warnings %v", proof.Withheld, r.Warnings)
	}
	if failed := proof.Failed(); len(failed) > 0 {
		t.Errorf("failed rows: %+v", failed)
	}
	if moved.Load() == before {
		t.Error("there was no other traffic")
	}
	t.Logf("with %.2f GB/s of other traffic: %d packets captured, dropped: %v", rate, r.Input.Frames, dropped)
}

// push sends data over this many loopback connections until the test ends, for at most
// half a minute, and counts the bytes.
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
