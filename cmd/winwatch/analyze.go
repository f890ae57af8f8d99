package main

import (
	"context"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"winwatch/analyze"
)

const analyzeLong = `Reads captures of TCP traffic and reports who made a sender wait, for how long,
and how big the buffers were.

FILE is a capture (pcap, pcapng, Solaris snoop, Microsoft Network Monitor, ERF, or
the output of tcpdump -nn -S; plain, or compressed with gzip, zstd, xz, bzip2 or
lz4), a directory of captures, or - for standard input. Several files are read as
one capture, in order of time. Words after -- are a filter in tcpdump's syntax
(pcap-filter(7)) that selects the packets to analyze.

`

const analyzeExample = `  # What is wrong, and whose fault is it?
  winwatch analyze trace.pcap

  # A remote machine, live; Ctrl-C ends it with a report:
  ssh server tcpdump -i any -s 128 -U -w - port 443 | winwatch analyze -

  # Every packet's window for a spreadsheet, stalls and probes as rows, the report as a page:
  winwatch analyze trace.pcap -o window.csv -o events.csv -o report.html

  # Rotated captures, only the connections of one host:
  winwatch analyze /var/log/captures/ -- host 192.0.2.7 and port 443

  # One stream between the 10th and the 20th second, for scripts:
  winwatch analyze trace.pcap --stream 3 --from 10 --to 20 --format json`

// analyzeOptions are the flags of analyze.
type analyzeOptions struct {
	reportOptions
	files      []string
	filter     string
	each       bool
	accepted   int64
	maxStreams int
}

func newAnalyze() *cobra.Command {
	o := &analyzeOptions{}
	cmd := &cobra.Command{
		Use:                   "analyze [flags] FILE... [-- FILTER]",
		Short:                 "Find out from a capture who made a sender wait, and for how long",
		Long:                  analyzeLong + exitStatus,
		Example:               analyzeExample,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			if dash := cmd.ArgsLenAtDash(); dash >= 0 {
				o.files, o.filter = args[:dash], strings.Join(args[dash:], " ")
			}
			if err := o.check(cmd.Flags()); err != nil {
				return err
			}
			return o.run(cmd.Context(), streams{cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()})
		},
	}
	f := cmd.Flags()
	o.flags(f, analyzeFormats)
	f.Int64Var(&o.stream, "stream", -1, "report on stream `N` only, numbered like Wireshark's tcp.stream")
	f.IntVar(&o.top, "top", 10, "list the `N` worst streams")
	f.Var(&o.span.From, "from", "ignore everything that ended before `TIME`: seconds from the start,\nor a date such as 2024-05-01T12:00:00Z")
	f.Var(&o.span.To, "to", "ignore everything that began after `TIME`")
	f.BoolVar(&o.each, "each", false, "analyze each file separately, then print one table of all files")
	f.Int64Var(&o.accepted, "accepted-bytes", 0, "`BYTES` that send() accepted, as counted by the sender: makes the\nbacklog exact")
	f.IntVar(&o.maxStreams, "max-streams", analyze.DefaultConfig().MaxStreams, "keep at most `N` streams in memory; if there are more, closed and idle\nones are dropped")
	return cmd
}

// streams are the standard streams of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// check rejects impossible requests before any work is done. A value that stands for
// "not given" can't be given.
func (o *analyzeOptions) check(flags *pflag.FlagSet) error {
	switch {
	case len(o.files) == 0:
		return withHint(usageErrorf("analyze: no file given"), "winwatch analyze trace.pcap, or - for standard input")
	case o.stream < 0 && flags.Changed("stream"):
		return withHint(usageErrorf("--stream %d: streams are counted from 0", o.stream), "leave it out for all of them")
	case o.top < 0:
		return usageErrorf("--top %d: want a number of streams", o.top)
	case o.maxStreams < 1:
		return usageErrorf("--max-streams %d: want at least 1", o.maxStreams)
	case o.accepted < 1 && flags.Changed("accepted-bytes"):
		return usageErrorf("--accepted-bytes %d: want a number of bytes", o.accepted)
	case o.each && len(o.out) > 0:
		return withHint(usageErrorf("--each and -o contradict each other: an output file covers one capture"), "leave out --each to read all files as one capture")
	case slices.Contains(o.files, "-") && len(o.files) > 1:
		return usageErrorf("analyze: standard input can't be mixed with files")
	}
	return o.reportOptions.check()
}

func (o *analyzeOptions) config() analyze.Config {
	cfg := analyze.DefaultConfig()
	cfg.MaxStreams = o.maxStreams
	return cfg
}

// limitMemory makes the garbage collector work harder once the program needs much
// more memory than its streams; by default it would allow twice as much.
func (o *analyzeOptions) limitMemory() {
	const least, perStream = 400 << 20, 800
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(least, perStream*int64(o.maxStreams)))
	}
}

// run analyzes the files and writes the outputs.
func (o *analyzeOptions) run(ctx context.Context, std streams) error {
	o.limitMemory()
	ctx, cancel := interruptible(ctx)
	defer cancel()
	defer endInTime(ctx)()
	if o.each {
		return o.runEach(ctx, std)
	}
	return o.runOne(ctx, std)
}
