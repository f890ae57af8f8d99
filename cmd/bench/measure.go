//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A bench is one run of the benchmark.
type bench struct {
	*options
	files  files
	tools  tools
	works  []*work
	starts []time.Duration // with a file of a few packets
	long   *run
	before string // load before the first round
}

// A work is one command on one file.
type work struct {
	id, text string
	file     string
	packets  int
	args     []string
	output   string // removed before each run: freeing the old file is not the program's work
	runs     []run
}

// A run is one execution of a work.
type run struct {
	wall, cpu time.Duration
	rss       int64 // peak, in bytes
}

// measure runs all works in all rounds.
func (b *bench) measure() error {
	b.plan()
	b.before = load()
	for round := range b.rounds {
		fmt.Fprintf(os.Stderr, "bench: round %d of %d\n", round+1, b.rounds)
		for _, w := range b.works {
			if round == 0 {
				warm(w.file)
			}
			os.Remove(w.output)
			r, err := execute(w.args)
			if err != nil {
				return err
			}
			w.runs = append(w.runs, r)
		}
	}
	for range 20 {
		r, err := execute([]string{b.tools.winwatch, "analyze", b.files.tiny})
		if err != nil {
			return err
		}
		b.starts = append(b.starts, r.wall)
	}
	if b.files.long != "" {
		r, err := execute([]string{b.tools.winwatch, "analyze", b.files.long})
		if err != nil {
			return err
		}
		b.long = &r
	}
	return nil
}

// plan lists the works in an order in which those to be compared are adjacent.
func (b *bench) plan() {
	f, t := &b.files, &b.tools
	add := func(id, text, file string, packets int, args ...string) {
		if file != "" && args[0] != "" {
			b.works = append(b.works, &work{id: id, text: text, file: file, packets: packets, args: args})
		}
	}
	csv := filepath.Join(b.dir, "window.csv")
	add("analyze", "`winwatch analyze`", f.main, b.packets, t.winwatch, "analyze", f.main)
	add("capinfos", "`capinfos -c`", f.main, b.packets, t.capinfos, "-c", f.main)
	add("tcptrace", "`tcptrace -l -n`", f.main, b.packets, t.tcptrace, "-l", "-n", f.main)
	add("csv", "`winwatch analyze -o w.csv`", f.main, b.packets, t.winwatch, "analyze", "-o", csv, f.main)
	b.work("csv").output = csv
	short, packets := f.short, f.shortPackets
	if b.full {
		short, packets = f.main, b.packets
	}
	add("tshark", "`tshark -T fields -e tcp.window_size`", short, packets, t.tshark, "-r", short, "-T", "fields", "-e", "tcp.window_size")
	add("pcapng", "the same on pcapng", f.pcapng, b.packets, t.winwatch, "analyze", f.pcapng)
	add("stdin", "`cat f \\| winwatch analyze -`", f.main, b.packets, "sh", "-c", `cat "$0" | "$1" analyze -`, f.main, t.winwatch)
	add("gzip", "on gzip", f.gzip, b.packets, t.winwatch, "analyze", f.gzip)
	add("gunzip", "the gzip decompressor alone", f.gzip, b.packets, t.self, "-decompress", f.gzip)
	add("zstd", "on zstd", f.zstd, b.packets, t.winwatch, "analyze", f.zstd)
	add("unzstd", "the zstd decompressor alone", f.zstd, b.packets, t.self, "-decompress", f.zstd)
	add("many", "many streams, 10,000 open at a time", f.many, f.manyPackets, t.winwatch, "analyze", f.many)
	add("crowd", "many streams, all open at once", f.crowd, f.manyPackets, t.winwatch, "analyze", "--max-streams=1048576", f.crowd)
	for _, c := range f.real {
		add(c.kind, "`winwatch analyze`: "+c.kind, c.name, c.packets, t.winwatch, "analyze", c.name)
		add(c.kind+" capinfos", "`capinfos -c`: "+c.kind, c.name, c.packets, t.capinfos, "-c", c.name)
	}
}

// warm reads a file to get it into the page cache.
func warm(name string) {
	if f, err := os.Open(name); err == nil {
		io.Copy(io.Discard, f)
		f.Close()
	}
}

// execute runs a command, discards its output and waits for it to end.
func execute(args []string) (run, error) {
	cmd := exec.Command(args[0], args[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	begin := time.Now()
	err := cmd.Run()
	r := run{wall: time.Since(begin)}
	if err != nil {
		return r, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, stderr.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return r, errors.New("no resource usage on this system")
	}
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	r.rss = usage.Maxrss << 10
	return r, nil
}

// work returns the work with the given id, nil if its program is missing.
func (b *bench) work(id string) *work {
	for _, w := range b.works {
		if w.id == id {
			return w
		}
	}
	return nil
}

// each returns one value for every run, in ns per packet.
func (w *work) each(of func(run) time.Duration) []float64 {
	var all []float64
	for _, r := range w.runs {
		all = append(all, float64(of(r))/float64(w.packets))
	}
	return all
}

func wall(r run) time.Duration { return r.wall }
func cpu(r run) time.Duration  { return r.cpu }

// rss returns the median of the peak memory, in bytes.
func (w *work) rss() float64 {
	var all []float64
	for _, r := range w.runs {
		all = append(all, float64(r.rss))
	}
	return median(all)
}

// ratio returns the median over all rounds of a's time per packet divided by b's.
func ratio(a, b *work, of func(run) time.Duration) float64 {
	var all []float64
	other := b.each(of)
	for i, x := range a.each(of) {
		all = append(all, x/other[i])
	}
	return median(all)
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	n := len(all)
	return (all[n/2] + all[(n-1)/2]) / 2
}
