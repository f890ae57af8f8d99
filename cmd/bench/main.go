//go:build linux

// Command bench measures winwatch side by side with the tools that people would
// use otherwise, on the same files, and tells which goals are reached. It makes
// the files itself, always the same. It prints Markdown; docs/performance.md
// holds such a table.
//
//	go run ./cmd/bench [flags]
//
// All programs run in turn, A B C A B C, with warm file caches. What counts is
// the ratio of two programs in the same round: on a shared machine both suffer
// alike.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// options are the flags.
type options struct {
	dir     string
	packets int
	conns   int
	seed    uint64
	rounds  int
	long    int
	full    bool
	wrote   bool // a capture that was not there yet
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", filepath.Join(os.TempDir(), "winwatch-bench"), "keep the captures in `FOLDER`")
	flag.IntVar(&o.packets, "packets", 5_000_000, "packets of the main capture")
	flag.IntVar(&o.conns, "conns", 2000, "connections in it")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the traffic")
	flag.IntVar(&o.rounds, "rounds", 5, "how often every program runs")
	flag.IntVar(&o.long, "long", 10, "the memory for a file this many times as long (0: leave it out)")
	flag.BoolVar(&o.full, "full", false, "tshark on the whole capture, which takes minutes, instead of its first 200,000 packets")
	decompress := flag.String("decompress", "", "decompress `FILE` to nowhere and end: what the decompressor alone takes")
	flag.Parse()
	err := error(nil)
	if *decompress != "" {
		err = decompressFile(*decompress)
	} else {
		err = o.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// again starts the program anew in the same process; it returns only if that fails.
func (o *options) again() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return unix.Exec(self, os.Args, os.Environ())
}

func (o *options) run() error {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	files, err := o.captures()
	if err != nil {
		return err
	}
	if o.wrote {
		// What this process has ever used counts in the peak memory of those it
		// starts (Linux: setmax_mm_hiwater_rss in exec): begin anew, small.
		return o.again()
	}
	tools, err := findTools(o.dir)
	if err != nil {
		return err
	}
	b := &bench{options: o, files: files, tools: tools}
	if err := b.measure(); err != nil {
		return err
	}
	b.print(os.Stdout)
	return nil
}
