//go:build linux

// Package termtest provides terminals for tests.
package termtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
)

// Terminal is a pseudo-terminal (pty(7)) that records what a program writes.
type Terminal struct {
	// File is the end for the program.
	File   *os.File
	master *os.File
	closed chan struct{} // by the last program

	mu     sync.Mutex
	output []byte
}

// Open opens a terminal of this size. The test is skipped if there is none.
func Open(t *testing.T, columns, lines int) *Terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	term := &Terminal{File: file, master: master, closed: make(chan struct{})}
	term.Resize(t, columns, lines)
	go term.record()
	return term
}

// record reads the output until nobody has the terminal open any more (EIO).
func (term *Terminal) record() {
	defer close(term.closed)
	var b [4096]byte
	for {
		n, err := term.master.Read(b[:])
		term.mu.Lock()
		term.output = append(term.output, b[:n]...)
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// patience is how long a test waits for what a program is to write.
const patience = 20 * time.Second

// Await waits until the text was written.
func (term *Terminal) Await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		term.mu.Lock()
		written := bytes.Contains(term.output, []byte(text))
		term.mu.Unlock()
		if written {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q was not written", text)
		}
	}
}

// Resize changes the size of the terminal.
func (term *Terminal) Resize(t *testing.T, columns, lines int) {
	t.Helper()
	size := &unix.Winsize{Col: uint16(columns), Row: uint16(lines)}
	if err := unix.IoctlSetWinsize(int(term.master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		t.Fatal(err)
	}
}

// Output closes the program's end and returns all that was written, once no other
// process has it open.
func (term *Terminal) Output() string {
	term.File.Close()
	<-term.closed
	return string(term.output)
}

// Screen returns the lines that a terminal without a bottom shows after output, without
// styles and trailing spaces. It knows the sequences that winwatch uses, and fails the
// test on others: a program that uses no others leaves the terminal as it was.
func Screen(t *testing.T, output string) []string {
	t.Helper()
	lines, row, column := []string{""}, 0, 0
	var state byte
	for output != "" {
		sequence, width, n, next := ansi.DecodeSequence(output, state, nil)
		output, state = output[n:], next
		switch final := sequence[len(sequence)-1]; {
		case sequence == "\r":
			column = 0
		case sequence == "\n":
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
		case width > 0:
			lines[row] = ansi.Truncate(lines[row], column, "") + sequence + ansi.TruncateLeft(lines[row], column+width, "")
			column += width
		case sequence == ansi.SetModeSynchronizedOutput, sequence == ansi.ResetModeSynchronizedOutput, final == 'm':
		case final == 'A':
			up, _ := strconv.Atoi(strings.Trim(sequence, "\x1b[A"))
			if up = max(up, 1); up > row {
				t.Errorf("the cursor moves up by %d from line %d", up, row)
				up = row
			}
			row -= up
		case sequence == ansi.EraseLineRight:
			lines[row] = ansi.Truncate(lines[row], column, "")
		case sequence == ansi.EraseScreenBelow:
			lines[row] = ansi.Truncate(lines[row], column, "")
			lines = lines[:row+1]
		default:
			t.Errorf("unknown sequence %q", sequence)
		}
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}
