package confine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"winwatch/cmd/winwatch/internal/outfile"
)

// RenamerCommand is the hidden command of this program that must call ServeRenames
// with its standard input and output and its arguments.
const RenamerCommand = "renamer"

// A Renamer is a second process of this program. It keeps the rights that this
// process drops, and renames finished files in directories where this process no
// longer may. It learns their names before the drop and does nothing else. It is
// safe for concurrent use.
type Renamer struct {
	mu      sync.Mutex
	index   map[string]int
	in      io.WriteCloser
	replies *bufio.Scanner
	cmd     *exec.Cmd
}

// StartRenamer starts a process that renames the files and makes them use it. The
// caller stops it after the last Commit or Discard.
func StartRenamer(files []*outfile.File) (*Renamer, error) {
	r := &Renamer{index: map[string]int{}}
	r.cmd = exec.Command("/proc/self/exe", RenamerCommand)
	r.cmd.Args[0] = os.Args[0]
	for i, f := range files {
		r.cmd.Args = append(r.cmd.Args, f.PassTo(r.cmd), f.Name())
		r.index[f.Temp()] = i
	}
	r.cmd.Stderr = os.Stderr
	r.cmd.SysProcAttr = ownGroup() // Ctrl-C on a terminal is meant for this process
	in, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	r.in, r.replies = in, bufio.NewScanner(out)
	for _, f := range files {
		f.UseRenamer(r)
	}
	return r, nil
}

// Rename asks the process to give a temporary file the name it was created for.
func (r *Renamer) Rename(temp, _ string) error { return r.ask("rename", temp) }

// Remove asks the process to remove a temporary file.
func (r *Renamer) Remove(temp string) error { return r.ask("remove", temp) }

func (r *Renamer) ask(request, temp string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := fmt.Fprintf(r.in, "%s %d\n", request, r.index[temp])
	if err != nil || !r.replies.Scan() {
		return errors.New("the process that kept the right to rename it has ended")
	}
	if reply := r.replies.Text(); reply != replyOK {
		return errors.New(reply)
	}
	return nil
}

// Stop ends the process. r may be nil.
func (r *Renamer) Stop() {
	if r == nil {
		return
	}
	r.in.Close()
	r.cmd.Wait() // it has printed its errors
}

// replyOK is the reply to a request that succeeded.
const replyOK = "ok"

// ServeRenames answers requests until in ends, and then removes the files that
// were not finished. names holds a temporary and a final name for each file. The
// caller must ignore the signals that end other processes.
func ServeRenames(in io.Reader, out io.Writer, names []string) error {
	done := make([]bool, len(names)/2)
	defer func() {
		for i, done := range done {
			if !done {
				outfile.Remove(names[2*i])
			}
		}
	}()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		reply := replyOK
		if err := serve(lines.Text(), names, done); err != nil {
			reply = outfile.WithoutPath(err).Error()
		}
		if _, err := fmt.Fprintln(out, reply); err != nil {
			return err
		}
	}
	return nil
}

// serve obeys one request and marks its file as done.
func serve(line string, names []string, done []bool) error {
	request, number, _ := strings.Cut(line, " ")
	i, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	if i < 0 || i >= len(done) || done[i] {
		return fmt.Errorf("there is no file %d", i)
	}
	done[i] = true
	switch temp, name := names[2*i], names[2*i+1]; request {
	case "rename":
		return outfile.Rename(temp, name)
	case "remove":
		return outfile.Remove(temp)
	}
	return fmt.Errorf("unknown request %q", request)
}
