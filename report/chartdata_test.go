package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
)

// analyzed runs a capture through the analyzer and, in a second pass, collects
// the points of all its streams.
func analyzed(tb testing.TB, file string) (*analyze.Result, *analyze.Timeline) {
	tb.Helper()
	var r *analyze.Result
	tl := analyze.NewTimeline(2_000_000)
	for pass := range 2 {
		a := analyze.New(analyze.DefaultConfig())
		if pass == 1 {
			a.OnSample(tl.Add)
		}
		src, err := capture.Open(file)
		if err != nil {
			tb.Fatal(err)
		}
		var seg capture.Segment
		for {
			err := src.Next(&seg)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				tb.Fatal(err)
			}
			a.Add(&seg)
		}
		src.Close()
		if pass == 0 {
			r = a.Result()
		}
	}
	return r, tl
}

// writePage writes a page into a folder of the test and returns its name.
func writePage(tb testing.TB, name string, p *HTMLPage) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name+".html")
	if dir := os.Getenv("WINWATCH_SCREENSHOTS"); dir != "" {
		file = filepath.Join(dir, name+".html")
	}
	f, err := os.Create(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := HTML(f, p); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return file
}
