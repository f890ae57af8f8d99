package json

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture"
	"winwatch/capture/kernel"
	"winwatch/report/reporttest"
)

// schema compiles Schema.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("winwatch.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("winwatch.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks output against the schema.
func validate(t *testing.T, s *jsonschema.Schema, output []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(output))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, output)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
}

func TestGoldens(t *testing.T) {
	var names []string
	for _, f := range reporttest.Fixtures() {
		name := f.Name + ".json"
		names = append(names, name)
		t.Run(name, func(t *testing.T) {
			m := *f.Material
			m.Result = firstStreams(m.Result, 20)
			reporttest.Golden(t, name, func(w io.Writer) error { return Write(w, &m) })
		})
	}
	reporttest.OnlyGoldens(t, names...)
}

// firstStreams narrows a result with more than n streams to the first n: the others look
// the same, and would make a golden file of a megabyte.
func firstStreams(r *analyze.Result, n int) *analyze.Result {
	var first []*analyze.Stream
	for s := range r.All() {
		if len(first) == n {
			return r.Select(first)
		}
		first = append(first, s)
	}
	return r
}

func TestOutputFitsTheSchema(t *testing.T) {
	s := schema(t)
	for _, f := range reporttest.Fixtures() {
		t.Run(f.Name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Write(&out, f.Material); err != nil {
				t.Fatal(err)
			}
			validate(t, s, out.Bytes())
		})
	}
}

// TestNothingSteers: text is complete, and nothing in it acts on a terminal.
func TestNothingSteers(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, reporttest.HostileFixture().Material); err != nil {
		t.Fatal(err)
	}
	reporttest.Harmless(t, "JSON", out.String(), "\n")
	var doc struct{ Warnings []struct{ Text string } }
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(reporttest.Hostile, "\ufffd"); strings.ReplaceAll(doc.Warnings[0].Text, "\ufffd", "") != strings.ReplaceAll(want, "\ufffd", "") {
		t.Errorf("the text is %q, want %q", doc.Warnings[0].Text, want)
	}
}

// TestHurry checks that a report in a hurry lists no more than the first streams, says so,
// and fits the schema.
func TestHurry(t *testing.T) {
	hurry := make(chan struct{})
	m := *reporttest.ManyStreams().Material
	m.Hurry = hurry
	for _, tt := range []struct {
		streams int
		cut     bool
	}{{int(m.Result.StreamCount), false}, {hurriedStreams, true}} {
		var out bytes.Buffer
		if err := Write(&out, &m); err != nil {
			t.Fatal(err)
		}
		validate(t, schema(t), out.Bytes())
		var r struct {
			Streams []json.RawMessage
			Cut     bool `json:"streams_cut"`
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil || len(r.Streams) != tt.streams || r.Cut != tt.cut {
			t.Errorf("%d streams, cut %v; want %d, %v: %v", len(r.Streams), r.Cut, tt.streams, tt.cut, err)
		}
		if !tt.cut {
			close(hurry)
		}
	}
}

// TestSchemaIsStrict checks that the schema rejects keys that are new, missing, or 0
// instead of null.
func TestSchemaIsStrict(t *testing.T) {
	s := schema(t)
	var out bytes.Buffer
	if err := Write(&out, reporttest.FloodProof().Material); err != nil {
		t.Fatal(err)
	}
	for _, edit := range []struct{ from, to string }{
		{`"payload_bytes":934544`, `"payload_bytes":934544,"new":1`},
		{`"payload_bytes":934544,`, ``},
		{`"value_bytes":465280`, `"value_bytes":465280.5`},
		{`"form":"empty"`, `"form":"other"`},
		{`"schema":"winwatch/2"`, `"schema":"winwatch/3"`},
		{`"inferred_count":6`, `"inferred_bytes":6`},
		{`"wchan":"sk_stream_wait_memory"`, `"wchan":0`},
		{`"answer_frame":null`, `"answer_frame":0`},
	} {
		broken := bytes.Replace(out.Bytes(), []byte(edit.from), []byte(edit.to), 1)
		if bytes.Equal(broken, out.Bytes()) {
			t.Errorf("%s does not occur", edit.from)
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(doc) == nil {
			t.Errorf("the schema accepts %s in place of %s", edit.to, edit.from)
		}
	}
}

// TestSchemaKnowsTheEnums fails if the schema lacks a value of an enum, or has one that does
// not exist.
func TestSchemaKnowsTheEnums(t *testing.T) {
	var confidences []string
	for _, c := range cause.Confidences {
		confidences = append(confidences, string(c))
	}
	var parties, codes, skips, notes []string
	for _, p := range cause.Parties {
		parties = append(parties, string(p))
	}
	for _, c := range cause.Codes() {
		codes = append(codes, string(c))
	}
	for s := capture.Kept + 1; s < capture.NumSkips; s++ {
		skips = append(skips, s.String())
	}
	for n := range capture.NumNotes {
		notes = append(notes, n.String())
	}
	dirs := []string{analyze.ClientToServer.String(), analyze.ServerToClient.String()}
	compared := map[string]bool{}
	for _, e := range []struct {
		path string
		want []string
	}{
		{"skip_reason", skips},
		{"note", notes},
		{"cause_code", codes},
		{"warning_code", reporttest.Constants(t, "WarningCode")},
		{"verdict.severity", slices.Clone(cause.Severities[:])},
		{"verdict.confidence", confidences},
		{"verdict.direction", dirs},
		{"group.severity", slices.Clone(cause.Severities[1:])},
		{"group.confidence", confidences},
		{"cause.severity", slices.Clone(cause.Severities[:])},
		{"cause.confidence", confidences},
		{"cause.direction", dirs},
		{"considered.direction", dirs},
		{"party", parties},
		{"probe.form", reporttest.Constants(t, "ProbeForm")},
		{"probe.silence", reporttest.UntypedConstants(t, "silence")},
		{"stall.ended_by", reporttest.Constants(t, "StallEnd")},
		{"window.scale.state", reporttest.Constants(t, "ScaleState")},
		{"stream.handshake", reporttest.Constants(t, "Handshake")},
		{"stream.closed", reporttest.Constants(t, "Closing")},
		{"stream.reset_by", dirs},
		{"direction.direction", dirs},
		{"accepted.direction", dirs},
		{"proof.direction", dirs},
		{"witness.sender", []string{kernel.ClientEnd.String(), kernel.ServerEnd.String()}},
		{"limit", slices.Clone(kernel.Limits[1:])},
	} {
		slices.Sort(e.want)
		if got := enum(t, e.path); !slices.Equal(got, e.want) {
			t.Errorf("enum %s of the schema is\n%q, want\n%q", e.path, got, e.want)
		}
		compared[e.path] = true
	}
	for path := range enums(t) {
		if !compared[path] {
			t.Errorf("nothing compares enum %s of the schema with the program", path)
		}
	}
}

// enum returns the strings of an enum of the schema in order.
func enum(t *testing.T, path string) []string {
	t.Helper()
	var values []string
	for _, v := range enums(t)[path] {
		if s, ok := v.(string); ok {
			values = append(values, s)
		}
	}
	slices.Sort(values)
	return values
}

// enums returns the enums of the schema by path: a definition, then names of properties.
func enums(t *testing.T) map[string][]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(Schema), &doc); err != nil {
		t.Fatal(err)
	}
	found := map[string][]any{}
	var walk func(path []string, node any)
	walk = func(path []string, node any) {
		switch node := node.(type) {
		case []any:
			for _, child := range node {
				walk(path, child)
			}
		case map[string]any:
			for key, child := range node {
				switch named, ok := child.(map[string]any); {
				case key == "enum":
					found[strings.Join(path, ".")] = child.([]any)
				case ok && (key == "properties" || key == "$defs"):
					for name, property := range named {
						walk(append(slices.Clone(path), name), property)
					}
				default:
					walk(path, child)
				}
			}
		}
	}
	walk(nil, doc)
	if len(found) == 0 {
		t.Fatal("the schema has no enums")
	}
	return found
}

func TestSchemaInDocsIsTheSame(t *testing.T) {
	docs, err := os.ReadFile("../../docs/winwatch.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(docs) != Schema {
		t.Error("docs/winwatch.schema.json differs from report/json/winwatch.schema.json: copy it")
	}
}

// TestDeterministic checks that the same result gives the same bytes.
func TestDeterministic(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		f := reporttest.FloodProof()
		if err := Write(w, f.Material); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two runs differ")
	}
}

// TestWindowUnderEachShift checks the windows listed for an unknown scale.
func TestWindowUnderEachShift(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, reporttest.UnknownScale().Material); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Streams []struct {
			Directions []struct {
				Window struct {
					LargestBytes *int64 `json:"largest_bytes"`
					ByShift      []struct {
						Shift        int
						LargestBytes int64 `json:"largest_bytes"`
					} `json:"largest_by_shift"`
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	w := doc.Streams[0].Directions[0].Window
	if w.LargestBytes != nil {
		t.Errorf("largest_bytes is %d, want null", *w.LargestBytes)
	}
	var got []string
	for _, c := range w.ByShift {
		got = append(got, fmt.Sprint(c.Shift, ":", c.LargestBytes))
	}
	if len(got) != 10 || got[0] != "5:54464" || got[9] != "14:27885568" {
		t.Errorf("largest_by_shift: %v", got)
	}
}

func TestWriteError(t *testing.T) {
	if err := Write(&reporttest.FailingWriter{}, reporttest.Flood().Material); err == nil {
		t.Error("no error from a failing writer")
	}
}

// TestValuesWithoutJSONForm writes numbers and characters that JSON cannot represent.
func TestValuesWithoutJSONForm(t *testing.T) {
	var out bytes.Buffer
	j := newWriter(&out)
	zero := 0.0
	j.object("", func() {
		j.float("nan", zero/zero)
		j.float("inf", 1/zero)
		j.string("text", "a\"b\\c\u009b\x7f\xff<é>\n")
	})
	j.w.Flush()
	var doc map[string]any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	if doc["nan"] != nil || doc["inf"] != nil {
		t.Errorf("got %v", doc)
	}
	if want := "a\"b\\c\u009b\x7f\ufffd<é>\n"; doc["text"] != want {
		t.Errorf("text %q, want %q", doc["text"], want)
	}
	if slices.ContainsFunc([]rune(out.String()), func(r rune) bool { return r >= 0x7f && r < 0xa0 }) {
		t.Errorf("unescaped control characters: %q", out.String())
	}
}

func TestRealCapturesFitTheSchema(t *testing.T) {
	s := schema(t)
	for _, file := range reporttest.Captures(t) {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			var out bytes.Buffer
			if err := Write(&out, reporttest.Analyze(t, file)); err != nil {
				t.Fatal(err)
			}
			validate(t, s, out.Bytes())
		})
	}
}
