package term

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	textreport "winwatch/report/text"
)

// TestNoTerminal: streams that are not terminals get plain text and no progress.
func TestNoTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if IsTerminal(file) || TextOptions(file) != (textreport.Options{}) {
		t.Errorf("a file is a terminal with %+v", TextOptions(file))
	}
	var out bytes.Buffer
	if IsTerminal(&out) || TextOptions(&out) != (textreport.Options{}) {
		t.Errorf("a buffer is a terminal with %+v", TextOptions(&out))
	}
	p := StartProgress(&out, func() int64 { return 1 }, 2)
	p.Segments.Add(1)
	p.Stop()
	if out.Len() > 0 {
		t.Errorf("progress wrote %q", &out)
	}
}
