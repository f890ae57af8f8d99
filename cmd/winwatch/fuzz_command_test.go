package main

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"winwatch/cmd/winwatch/internal/confine"
	jsonreport "winwatch/report/json"
)

// FuzzCommand runs the whole command in this process: on a capture of segments made from the
// input, with few streams in memory, in every format, with every option that selects or
// changes what is reported. It must end with a documented status, and what it writes must be
// whole, keep to the format and steer no terminal, whatever the name of the file is.
func FuzzCommand(f *testing.F) {
	stall := []byte("\x20\x02\x00\x00\x07\xff\x00\x01" + "\x30\x12\x00\x01\x07\xff\x00\x01" + "\x00\x10\x01\x01\x00\xff\x00\x01" +
		"\x00\x18\x01\x01\x07\xff\x00\x01" + "\x10\x10\x00\x55\x00\x00\x03\x01" + "\x00\x10\x54\x00\x00\xff\x13\x40" +
		"\x10\x10\x00\x55\x00\x00\x03\x01" + "\x10\x10\x00\x55\x70\xff\x13\x70" + "\x00\x18\x55\x00\x03\xff\x03\x01")
	for formats := range uint32(32) { // of the file, and of stdout
		f.Add(formats<<2, "a.pcap", stall)
	}
	f.Add(uint32(7<<28|5<<4), "a.pcap", stall) // PNG
	for _, c := range []uint32{0, 1, 0x40, 0x80, 0xc0, 0x100, 0x140, 0x7000, 0xf00, 0xaaaa, 0xffff, 0x12345} {
		f.Add(c, "a.pcap", stall)
		f.Add(c|0x30000, "=1+1\x1b[2J\u202e\u009b31m\xff<b>\r\n", []byte{})
	}
	for format := range uint32(8) { // two broken headers evict the only stream
		f.Add(format<<4|1<<14, "a", []byte("\x00\x10\x00\x00\x00\x00\x00\x00"+"\x01\x40\x00\x00\x00\x00\x00\x00"+"\x02\x40\x00\x00\x00\x00\x00\x00"))
	}
	keepRights(f)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // each run begins with large buffers
	dir, schema := f.TempDir(), compileSchema(f)
	f.Fuzz(func(t *testing.T, choice uint32, name string, data []byte) {
		c := newCommand(choice, dir, name)
		capture := c.damage(pcapOf(data))
		if err := os.WriteFile(c.input, capture, 0o600); err != nil {
			t.Skip(err) // no name for a file
		}
		defer os.Remove(c.input)
		var out, errs bytes.Buffer
		status := run(c.args(), bytes.NewReader(capture), &out, &errs)
		c.check(t, status, out.Bytes(), errs.Bytes(), schema)
	})
}

// keepRights lets commands that run in this process keep its rights.
func keepRights(tb testing.TB) {
	tb.Helper()
	dropsRoot, dropRights = func() bool { return false }, func(bool) error { return nil }
	tb.Cleanup(func() { dropsRoot, dropRights = confine.DropsRoot, confine.Drop })
}

func compileSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(jsonreport.Schema))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s", doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("s")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// A command is a command line that a number chooses.
type command struct {
	choice uint32
	input  string
	output string // "" if there is none
	format string // of stdout
	each   bool
	broken bool
}

func newCommand(choice uint32, dir, name string) *command {
	c := &command{choice: choice}
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == 0 {
			return '_'
		}
		return r
	}, name[:min(len(name), 100)])
	c.input = filepath.Join(dir, "in"+name)
	c.format = []string{stdoutText, stdoutText, stdoutCSV, stdoutJSON}[choice>>2&3]
	endings := []string{"", ".csv", "events.csv", ".json", ".html", ".svg", ".json", ".svg"}
	if choice>>28 == 7 { // rarely, because it takes long
		endings[5] = ".png"
	}
	if e := endings[choice>>4&7]; e != "" {
		c.output = filepath.Join(dir, "out"+e)
	}
	c.each = c.output == "" && choice>>7&1 != 0
	c.broken = choice>>16&3 != 0
	return c
}

// args returns the arguments. The bits 16 and 17 choose the damage.
func (c *command) args() []string {
	args := []string{"analyze", "--format", c.format, "--max-streams", []string{"1", "2", "3", "500"}[c.choice&3]}
	add := func(bit int, more ...string) {
		if c.choice>>bit&1 != 0 {
			args = append(args, more...)
		}
	}
	if c.output != "" {
		args = append(args, "-o", c.output)
	}
	if c.each {
		args = append(args, "--each")
	}
	switch c.choice >> 8 & 3 {
	case 1:
		args = append(args, "-v", "--wireshark")
	case 2:
		args = append(args, "-q")
	}
	switch c.choice >> 10 & 3 {
	case 1:
		args = append(args, "--stream", "0")
	case 2:
		args = append(args, "--stream", "1")
	}
	add(12, "--from", "0.001")
	add(13, "--to", "0.01")
	add(14, "--accepted-bytes", "70000")
	add(15, "--top", "0")
	if c.choice>>18&1 != 0 && !c.each {
		return append(args, "-")
	}
	args = append(args, c.input)
	add(19, c.input)
	return args
}

// damage breaks a capture.
func (c *command) damage(b []byte) []byte {
	switch c.choice >> 16 & 3 {
	case 1: // within the file header
		return b[:20]
	case 2: // within the last record
		return append(b, 1, 2, 3)
	case 3: // before the first packet
		return append(b[:24:24], bytes.Repeat([]byte{0xff}, 16)...)
	}
	return b
}

// check checks what the command did.
func (c *command) check(t *testing.T, status int, out, errs []byte, schema *jsonschema.Schema) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%q: status %d, stderr %q: "+format, append([]any{c.args(), status, errs}, args...)...)
	}
	switch {
	case status < statusDone || status > statusDamaged:
		fail("not a documented status")
	case (status == statusFailed || status == statusUsage) && !bytes.HasPrefix(errs, []byte("winwatch: ")):
		fail("no reason given")
	case status == statusDone && len(errs) > 0, status == statusDamaged && !c.broken, status == statusDone && c.broken:
		fail("the wrong status")
	}
	for _, b := range [][]byte{out, errs} {
		if at := bytes.IndexFunc(b, steers); at >= 0 || !utf8.Valid(b) {
			fail("steers a terminal at byte %d: %q", at, b)
		}
	}
	written := status == statusDone || status == statusDamaged
	if c.format == stdoutCSV && !c.each && written {
		checkCSV(fail, out)
	}
	if c.format == stdoutJSON && !c.each && written {
		checkJSON(fail, out, schema)
	}
	if c.output == "" {
		return
	}
	b, err := os.ReadFile(c.output)
	if err != nil {
		if written {
			fail("no output: %v", err)
		}
		return
	}
	os.Remove(c.output)
	checkFile(fail, filepath.Ext(c.output), b, schema)
}

// checkFile checks a report in the format of an ending.
func checkFile(fail func(string, ...any), ending string, b []byte, schema *jsonschema.Schema) {
	switch ending {
	case ".csv":
		checkCSV(fail, b)
	case ".json":
		checkJSON(fail, b, schema)
	case ".html":
		_, shown, _ := bytes.Cut(b, []byte("</style>"))
		shown, _, ok := bytes.Cut(shown, []byte(`<script type="text/plain"`))
		if at := bytes.IndexFunc(shown, steers); !ok || at >= 0 || !utf8.Valid(shown) {
			fail("the page steers at byte %d: %.100q", at, shown[max(at, 0):])
		}
	case ".svg":
		d := xml.NewDecoder(bytes.NewReader(b))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				fail("SVG: %v", err)
				break
			}
		}
		if at := bytes.IndexFunc(bytes.ReplaceAll(b, []byte("\t"), nil), steers); at >= 0 {
			fail("SVG steers at byte %d: %.100q", at, b[at:])
		}
	case ".png":
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			fail("PNG: %v", err)
		}
	}
}

func checkCSV(fail func(string, ...any), b []byte) {
	if rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll(); err != nil || len(rows) == 0 || bytes.ContainsFunc(b, steers) {
		fail("CSV of %d rows: %v", len(rows), err)
	}
}

func checkJSON(fail func(string, ...any), b []byte, schema *jsonschema.Schema) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err == nil {
		err = schema.Validate(doc)
	}
	if err != nil || bytes.ContainsFunc(b, steers) || !utf8.Valid(b) {
		fail("JSON: %v in\n%s", err, b)
	}
}

// packetBytes is the number of input bytes that a packet is made from.
const packetBytes = 8

// pcapOf writes a capture of raw IP packets between a few endpoints. Segments move around
// their streams by small steps; some have an impossible header length, some are quoted by an
// ICMP error, and some packets are not TCP.
func pcapOf(data []byte) []byte {
	le, be := binary.LittleEndian, binary.BigEndian
	out := le.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0)
	micros := uint64(1_700_000_000_000_000)
	for d := range slices.Chunk(data[:min(len(data), 4096)], packetBytes) {
		d = append(slices.Clone(d), make([]byte, packetBytes)...)[:packetBytes]
		micros += uint64(int64(int8(d[7]))) << (d[6] & 24)
		tcp := make([]byte, 20, 32)
		client, server := 1000+uint16(d[0]&15), uint16(80)
		src, dst := []byte{10, 0, 0, 1}, []byte{10, 0, 0, 2}
		if d[0]&16 != 0 {
			client, server, src, dst = server, client, dst, src
		}
		be.PutUint16(tcp, client)
		be.PutUint16(tcp[2:], server)
		be.PutUint32(tcp[4:], uint32(int8(d[2]))<<(d[6]&7))
		be.PutUint32(tcp[8:], uint32(int8(d[3]))<<(d[6]&7))
		tcp[12], tcp[13] = 0x50, d[1]&0x3f
		be.PutUint16(tcp[14:], uint16(d[5])<<(d[4]>>4&7))
		if d[0]&32 != 0 { // window scale
			tcp[12] = 0x60
			tcp = append(tcp, 3, 3, d[4]&15, 0)
		}
		if d[1]&0x40 != 0 {
			tcp[12] = d[4] << 4 // any header length
		}
		length := int(d[4]&15) * 97
		ip := append([]byte{0x45, 0, 0, 0, d[6], d[7], 0, 0, 64, 6, 0, 0}, append(slices.Clone(src), dst...)...)
		be.PutUint16(ip[2:], uint16(20+len(tcp)+length))
		packet := append(ip, tcp...)
		switch {
		case d[1]&0xc0 == 0xc0: // an ICMP error from the receiver
			quoted := append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, packet...)
			packet = append([]byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0}, append(slices.Clone(dst), src...)...)
			be.PutUint16(packet[2:], uint16(20+len(quoted)))
			packet = append(packet, quoted...)
		case d[1]&0x80 != 0:
			packet[9] = 17
		}
		out = le.AppendUint32(out, uint32(micros/1e6))
		out = le.AppendUint32(out, uint32(micros%1e6))
		out = le.AppendUint32(out, uint32(len(packet)))
		out = le.AppendUint32(out, uint32(max(len(packet), int(be.Uint16(packet[2:])))))
		out = append(out, packet...)
	}
	return out
}
