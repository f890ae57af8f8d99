package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"winwatch/capture/experiment"
	"winwatch/capture/live"
	"winwatch/cmd/winwatch/internal/flags"
)

const runLong = `Makes a TCP connection on loopback, captures it, infers from the packets what
happened, and checks that against the kernel, which knows the truth.

SCENARIO is what to do with the connection (--list shows all); by default, a
client floods a server that does not read until send() blocks.

Capturing needs root or the capability CAP_NET_RAW. Without either, winwatch runs
itself again in a private network namespace, where every user may capture.
Nothing outside of loopback is touched.

`

const runExample = `  # The classic question: who blocks send(), and how big were the buffers?
  winwatch run

  # Keep everything: the packets, their windows, the kernel's readings, the report as a page:
  winwatch run -o flood.pcap -o window.csv -o kernel.csv -o report.html

  # A reader that takes 1 kB every 100 ms from a small buffer:
  winwatch run slow-reader --rcvbuf 8k --read-size 1k --read-interval 100ms

  # How do the buffers depend on SO_RCVBUF and the size of send()?
  winwatch run --sweep rcvbuf=4k,64k,1M --sweep chunk=10,1000,64k -o sweep.csv

  # Does TCP_NODELAY make requests faster?
  winwatch run --sweep scenario=nagle,nodelay -o requests.png`

// runOptions are the flags of run.
type runOptions struct {
	reportOptions
	args     []string
	scenario string
	iface    string
	isolate  bool
	list     bool
	sweep    []string
	// fixed are the flags that all runs of a sweep share; sweepsLink is set if it varies the
	// link.
	fixed      []string
	sweepsLink bool

	port                            uint16
	ipv6                            bool
	chunk, rcvbuf, sndbuf, readSize flags.Size
	congestion, link                string
	at                              []string
	points                          []experiment.Point // at, parsed
	readInterval, hold              time.Duration
	mtu                             int
}

// newRun returns the command. args are the arguments of the program.
func newRun(args []string) *cobra.Command {
	o := &runOptions{args: args}
	o.stream, o.top = -1, 10
	cmd := &cobra.Command{
		Use:                   "run [SCENARIO] [flags]",
		Short:                 "Make a sender wait on this machine, capture it, and verify the report",
		Long:                  runLong + exitStatus,
		Example:               runExample,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		ValidArgs:             scenarioNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			std := streams{cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()}
			if o.list {
				return listScenarios(std.out)
			}
			if len(args) > 1 {
				return usageErrorf("run: only one scenario at a time, not %s", strings.Join(args, " "))
			}
			o.scenario = experiment.DefaultScenario
			if len(args) == 1 {
				o.scenario = args[0]
			}
			if err := checkGiven(cmd.Flags()); err != nil {
				return err
			}
			axes, err := parseAxes(o.sweep, cmd.Flags())
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(axes, func(a axis) bool { return a.Name == sweepScenario }); i >= 0 && len(args) > 0 {
				return usageErrorf("run: --sweep %s and %s both name the scenario", o.sweep[i], args[0])
			}
			o.sweepsLink = slices.ContainsFunc(axes, func(a axis) bool { return a.ofLink })
			o.fixed = o.fixedFlags(cmd.Flags())
			return o.run(cmd.Context(), std, axes)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.list, "list", false, "list the scenarios by what they teach")
	o.flags(f, runFormats)
	f.BoolVar(&o.isolate, "isolate", false, "use a private network namespace even if this user may capture: the\nkernel's counters then cover only this experiment")
	f.StringVarP(&o.iface, "interface", "i", "lo", "capture on interface `NAME` (default lo)")
	f.Uint16VarP(&o.port, "port", "p", experiment.DefaultPort, "the server's `PORT`; 0 selects a free one (default 3000)")
	f.BoolVarP(&o.ipv6, "ipv6", "6", false, "use ::1 instead of 127.0.0.1")
	f.VarP(&o.chunk, "chunk", "c", "`SIZE` of each send()")
	f.Var(&o.rcvbuf, "rcvbuf", "`SIZE` to set with SO_RCVBUF at the receiver (default: auto-tuned)")
	f.Var(&o.sndbuf, "sndbuf", "`SIZE` to set with SO_SNDBUF at the sender (default: auto-tuned)")
	f.StringVar(&o.congestion, "congestion", "", "congestion control `NAME`, such as cubic")
	f.Var(&o.readSize, "read-size", "`SIZE` of each recv(), if the scenario reads")
	f.DurationVar(&o.readInterval, "read-interval", 0, "`TIME` between two recv() calls, if the scenario pauses")
	f.DurationVar(&o.hold, "hold", 0, "`TIME` to keep a stall going (default: until the fifth probe)")
	f.IntVar(&o.mtu, "mtu", 0, "set the MTU of a private loopback interface to `BYTES`")
	f.StringVar(&o.link, "link", "", "`SPEC` of a link between two private hosts to run over:\ndelay=TIME,rate=RATE,queue=SIZE,loss=PERCENT,reorder=PERCENT,\nduplicate=PERCENT,strip=OPTION (a/b: the two directions)")
	f.StringSliceVar(&o.at, "at", nil, "`POINT` of the link to capture at: client, server or link; of\nseveral, the first is analyzed, and -o X.pcap saves X-POINT.pcap\n(default client)")
	f.StringArrayVar(&o.sweep, "sweep", nil, "run with each `NAME=VALUE,VALUE...`; several sweeps form a grid.\nNAME is scenario, a part of the link (delay, rate, queue, loss,\nreorder, duplicate), rcvbuf, sndbuf, chunk, read-size,\nread-interval, hold, congestion or mtu; -o writes .csv, .png, .svg")
	return cmd
}

// checkGiven rejects a flag whose value stands for "not given".
func checkGiven(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if slices.Contains(sweepable, f.Name) && f.Value.String() == f.DefValue {
			err = withHint(usageErrorf("--%s %q: no such value", f.Name, f.DefValue), "leave it out for the default")
		}
	})
	return err
}

// experiment returns the flags that configure the experiment.
func (o *runOptions) experiment() experiment.Config {
	return experiment.Config{
		Port: o.port, IPv6: o.ipv6, Chunk: o.chunk.Bytes, RcvBuf: o.rcvbuf.Bytes, SndBuf: o.sndbuf.Bytes,
		Congestion: o.congestion, ReadSize: o.readSize.Bytes, ReadInterval: o.readInterval, Hold: o.hold, MTU: o.mtu,
		Link: o.link, At: o.points,
	}
}

// run runs the experiment, in a private network namespace if necessary.
func (o *runOptions) run(ctx context.Context, std streams, axes []axis) error {
	scenario, err := findScenario(o.scenario)
	if err != nil {
		return err
	}
	if err := o.checkLink(scenario); err != nil {
		return err
	}
	cfg := o.experiment()
	if err := scenario.Validate(&cfg); err != nil {
		return usageError{fmt.Errorf("run: %w", err)}
	}
	if err := o.check(); err != nil {
		return err
	}
	if !canCapture {
		return withHint(fmt.Errorf("run: %w", live.ErrNoLibpcap),
			"rebuild winwatch with CGO_ENABLED=1 and libpcap's headers; winwatch analyze works without them")
	}
	ctx, cancel := interruptible(ctx)
	defer cancel()
	if len(axes) > 0 {
		return o.runSweep(ctx, std, axes)
	}
	isolated, err := experiment.EnterIsolation()
	if err != nil {
		return explainRun(err)
	}
	if !isolated {
		private, err := o.needsIsolation(scenario, std)
		if err != nil {
			return err
		}
		if private {
			return o.runIsolated(ctx, scenario, std)
		}
	}
	return o.runHere(ctx, scenario, std)
}

// needsIsolation reports whether the experiment needs a private network namespace:
// because the user asked for one, because it changes network settings, or because
// this user may not capture on the host.
func (o *runOptions) needsIsolation(s experiment.Scenario, std streams) (bool, error) {
	if o.isolate || s.NeedsIsolation || o.mtu != 0 || o.linked(s) {
		return true, nil
	}
	may, err := o.mayCapture()
	if err != nil {
		return false, explainRun(err)
	}
	if !may {
		fmt.Fprintln(std.err, "winwatch: not allowed to capture here: running in a private user and network namespace")
	}
	return !may, nil
}

// mayCapture reports whether this user may capture on the host.
func (o *runOptions) mayCapture() (bool, error) {
	src, err := live.Open(live.Config{Interface: o.iface, BufferBytes: 64 << 10, Filter: "tcp"})
	switch {
	case err == nil:
		return true, src.Close()
	case errors.Is(err, live.ErrPermission):
		return false, nil
	}
	return false, err
}

// runIsolated runs this program again in private namespaces.
func (o *runOptions) runIsolated(ctx context.Context, s experiment.Scenario, std streams) error {
	status, err := experiment.Isolation{Args: o.args, Hosts: o.linked(s), Stdin: std.in, Stdout: std.out, Stderr: std.err}.Run(ctx)
	if err != nil {
		return explainRun(err)
	}
	if status != statusDone {
		return statusError(status)
	}
	return nil
}

// explainRun adds advice to an error.
func explainRun(err error) error {
	var taken *experiment.PortTakenError
	switch {
	case errors.As(err, &taken):
		return withHint(err, "choose another with --port, or a free one with --port 0")
	case errors.Is(err, experiment.ErrCannotIsolate), errors.Is(err, live.ErrPermission):
		return withHint(err, "to capture, do one of these:",
			"  run winwatch as root:                sudo winwatch run",
			"  give the binary the capability:      sudo setcap cap_net_raw+ep $(command -v winwatch)",
			"  allow private namespaces (--isolate): sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000 user.max_net_namespaces=10000",
			"                                        (Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0)")
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "this user lacks the permission")
	}
	return err
}

// findScenario returns the named scenario, or suggests the one that was meant.
func findScenario(name string) (experiment.Scenario, error) {
	s, err := experiment.Find(name)
	if err == nil {
		return s, nil
	}
	err = usageError{fmt.Errorf("run: %w", err)}
	if near, ok := nearest(name, scenarioNames()); ok {
		return s, withHint(err, "did you mean "+near+"? (winwatch run --list)")
	}
	return s, withHint(err, "winwatch run --list")
}
