package csv

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/report/reporttest"
)

// TestSpreadsheet converts CSV with LibreOffice and checks that numbers become numbers and
// text stays text.
func TestSpreadsheet(t *testing.T) {
	office, err := exec.LookPath("libreoffice")
	if err != nil {
		t.Skip("libreoffice is not installed")
	}
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	dir := t.TempDir()
	var window, events bytes.Buffer
	c := NewWindow(&window)
	reporttest.Analyze(t, reporttest.SeedFlood, c.Add)
	if err := c.Close(nil); err != nil {
		t.Fatal(err)
	}
	f := reporttest.Flood()
	f.Result.Stream(0).Dirs[0].Stalls[0].Blame = "=1+1"
	if err := Events(&events, f.Material); err != nil {
		t.Fatal(err)
	}
	args := []string{"-env:UserInstallation=file://" + dir + "/profile", "--headless", "--convert-to", "xlsx", "--outdir", dir}
	for name, data := range map[string][]byte{"window.csv": window.Bytes(), "events.csv": events.Bytes()} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.Command(office, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, test := range []struct{ file, part, want string }{
		{"window.xlsx", "xl/worksheets/sheet1.xml", "<v>6.176274</v>"}, // elapsed_s of the sixth row from the end
		{"window.xlsx", "xl/sharedStrings.xml", "zero-window|probe-answer"},
		{"events.xlsx", "xl/worksheets/sheet1.xml", "<v>14.840149</v>"}, // duration_s
		{"events.xlsx", "xl/sharedStrings.xml", "=1+1"},
	} {
		if got := zipped(t, filepath.Join(dir, test.file), test.part); !strings.Contains(got, test.want) {
			t.Errorf("%s of %s lacks %s", test.part, test.file, test.want)
		}
	}
	if sheet := zipped(t, filepath.Join(dir, "events.xlsx"), "xl/worksheets/sheet1.xml"); strings.Contains(sheet, "<f") {
		t.Error("the spreadsheet contains a formula")
	}
}

// zipped returns a part of a zip file.
func zipped(t *testing.T, file, part string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r, err := z.Open(part)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
