//go:build linux

// Command bench measures winwatch and comparable tools on the same files and reports
// which goals are reached. It generates the files, always with the same content. It
// prints Markdown, such as the tables in docs/performance.md.
//
//	go run ./cmd/bench [flags]
//
// The programs run in turn (A B C A B C) with warm file caches. The result is the
// ratio of two programs in the same round, so that other load on the machine affects
// both alike.
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
	wrote   bool // at least one capture was missing and has been written
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", filepath.Join(os.TempDir(), "winwatch-bench"), "keep the captures in `FOLDER`")
	flag.IntVar(&o.packets, "packets", 5_000_000, "packets of the main capture")
	flag.IntVar(&o.conns, "conns", 2000, "connections in it")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the traffic")
	flag.IntVar(&o.rounds, "rounds", 5, "number of runs of each program")
	flag.IntVar(&o.long, "long", 10, "also measure memory on a file this many times as long (0: don't)")
	flag.BoolVar(&o.full, "full", false, "run tshark on the whole capture (takes minutes) instead of the first 200,000 packets")
	decompress := flag.String("decompress", "", "only decompress `FILE` and discard the output, to measure the decompressor alone")
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

// again restarts the program in the same process. It returns only on failure.
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
		// Linux counts the peak memory of this process towards the programs it starts
		// (setmax_mm_hiwater_rss in exec), so restart with little memory.
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
