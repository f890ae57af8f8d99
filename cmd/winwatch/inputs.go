package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"winwatch/capture"
)

// expand replaces directories by the captures in them. What else lies in a
// directory is passed over; a file that is named must be a capture.
func expand(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		info, err := os.Stat(name)
		if name == "-" || err != nil || !info.IsDir() {
			files = append(files, name) // opening it says what is wrong
			continue
		}
		found, err := capturesIn(name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: no capture in this directory", name)
		}
		files = append(files, found...)
	}
	return files, nil
}

// capturesIn lists the captures of a directory, in the order of their names.
// Hidden files and subdirectories are not looked at.
func capturesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		r, err := capture.Open(name)
		if errors.Is(err, capture.ErrEmpty) || errors.Is(err, capture.ErrNotCapture) {
			continue
		}
		if err == nil {
			r.Close()
		}
		found = append(found, name) // opening it again says what is wrong
	}
	return found, nil
}

// explainInput adds a hint to what is wrong with an input.
func explainInput(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "your user may not read it")
	case errors.Is(err, capture.ErrNotCapture):
		return withHint(err, "winwatch reads pcap, pcapng (plain, gzip, zstd) and what tcpdump -nn -S prints")
	}
	return err
}

// refuseTerminal explains why nothing happens when standard input is a terminal.
func refuseTerminal(stdin io.Reader) error {
	if !isTerminal(stdin) {
		return nil
	}
	return withHint(usageErrorf("standard input is a terminal"),
		"give it a capture: tcpdump -U -w - | winwatch analyze -")
}
