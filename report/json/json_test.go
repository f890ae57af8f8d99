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
			reporttest.Golden(t, name, func(w io.Writer) error { return Write(w, f.Material) })
		})
	}
	reporttest.OnlyGoldens(t, names...)
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
		{`"schema":"winwatch/1"`, `"schema":"winwatch/2"`},
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
	dirs := []string{analyze.ClientToServer.String(), analyze.ServerToClient.String()}
	for _, e := range []struct {
		path string
		want []string
	}{
		{"verdict.severity", severities(t)},
		{"verdict.direction", dirs},
		{"probe.form", reporttest.Constants(t, "ProbeForm")},
		{"probe.silence", reporttest.UntypedConstants(t, "silence")},
		{"stall.ended_by", reporttest.Constants(t, "StallEnd")},
		{"window.scale.state", reporttest.Constants(t, "ScaleState")},
		{"stream.handshake", reporttest.Constants(t, "Handshake")},
		{"stream.reset_by", dirs},
		{"direction.direction", dirs},
		{"accepted.direction", dirs},
		{"proof.direction", dirs},
		{"witness.sender", []string{kernel.ClientEnd.String(), kernel.ServerEnd.String()}},
		// Verdict codes and confidences belong here once they are typed constants; the
		// schema allows any code.
	} {
		slices.Sort(e.want)
		if got := enum(t, e.path); !slices.Equal(got, e.want) {
			t.Errorf("enum %s of the schema is\n%q, want\n%q", e.path, got, e.want)
		}
	}
}

// severities returns the names of all severities.
func severities(t *testing.T) []string {
	t.Helper()
	var names []string
	for i := range reporttest.Constants(t, "Severity") {
		names = append(names, analyze.Severity(i).String())
	}
	return names
}

// enum returns the strings of an enum of the schema in order. The first part of the path
// names a definition, the others its properties.
func enum(t *testing.T, path string) []string {
	t.Helper()
	type node struct {
		Properties map[string]json.RawMessage
		Enum       []*string
	}
	var doc struct {
		Defs map[string]node `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(Schema), &doc); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(path, ".")
	n := doc.Defs[parts[0]]
	for _, part := range parts[1:] {
		var next node
		if err := json.Unmarshal(n.Properties[part], &next); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		n = next
	}
	var values []string
	for _, v := range n.Enum {
		if v != nil {
			values = append(values, *v)
		}
	}
	slices.Sort(values)
	return values
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
