package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"
)

// A placer is a second process of this program that keeps the rights which this
// one gives up: it gives finished files their names in directories where this
// one no longer may. It knows which files before that, and does nothing else.
type placer struct {
	mu      sync.Mutex
	index   map[string]int
	in      io.WriteCloser
	replies *bufio.Scanner
	cmd     *exec.Cmd
}

// startPlacer starts a placer for the files, which from now on commit by it.
func startPlacer(files []*outFile) (*placer, error) {
	p := &placer{index: map[string]int{}}
	args := []string{"place"}
	for i, o := range files {
		args = append(args, o.temp, o.name)
		p.index[o.temp] = i
	}
	p.cmd = exec.Command("/proc/self/exe", args...)
	p.cmd.Args[0] = os.Args[0]
	p.cmd.Stderr = os.Stderr
	// Ctrl-C on a terminal is for this process.
	p.cmd.SysProcAttr = ownGroup()
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.in, p.replies = in, bufio.NewScanner(out)
	for _, o := range files {
		o.place, o.remove = p.place, p.remove
	}
	unfinished.removeBy(p.remove)
	return p, nil
}

func (p *placer) place(temp, _ string) error { return p.ask("place", temp) }
func (p *placer) remove(temp string) error   { return p.ask("remove", temp) }

func (p *placer) ask(what, temp string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := fmt.Fprintf(p.in, "%s %d\n", what, p.index[temp])
	if err != nil || !p.replies.Scan() {
		return errors.New("the process that kept the right to name it has ended")
	}
	if reply := p.replies.Text(); reply != placed {
		return errors.New(reply)
	}
	return nil
}

// stop ends the process. p may be nil.
func (p *placer) stop() {
	if p == nil {
		return
	}
	p.in.Close()
	p.cmd.Wait() // it has told its errors
}

// placed is the reply to what succeeded.
const placed = "ok"

// newPlace returns the hidden command that a placer runs. Its arguments are
// temporary names and names, in turn.
func newPlace() *cobra.Command {
	return &cobra.Command{
		Use: "place", Hidden: true, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			signal.Ignore(terminating()...) // they are for the other process
			return placeFiles(cmd.InOrStdin(), cmd.OutOrStdout(), args)
		},
	}
}

// placeFiles does as it is asked until in ends, and then removes what was not
// finished.
func placeFiles(in io.Reader, out io.Writer, names []string) error {
	done := make([]bool, len(names)/2)
	defer func() {
		for i, done := range done {
			if !done {
				os.Remove(names[2*i])
			}
		}
	}()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		what, number, _ := strings.Cut(lines.Text(), " ")
		i, err := strconv.Atoi(number)
		if err == nil && (i < 0 || i >= len(done) || done[i]) {
			err = fmt.Errorf("there is no file %d", i)
		}
		if err == nil {
			done[i] = true
			switch temp, name := names[2*i], names[2*i+1]; what {
			case "place":
				err = os.Rename(temp, name)
			case "remove":
				err = os.Remove(temp)
			default:
				err = fmt.Errorf("%q is no request", what)
			}
		}
		reply := placed
		if err != nil {
			reply = unwrapPath(err).Error()
		}
		if _, err := fmt.Fprintln(out, reply); err != nil {
			return err
		}
	}
	return nil
}
