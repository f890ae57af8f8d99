package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// schema compiles what `winwatch schema` prints.
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

func TestJSONFitsTheSchema(t *testing.T) {
	s := schema(t)
	for _, f := range fixtures() {
		t.Run(f.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := JSON(&out, f.result, f.outside); err != nil {
				t.Fatal(err)
			}
			validate(t, s, out.Bytes())
		})
	}
}

// TestSchemaIsStrict makes sure that the schema would catch a key that came,
// went, or turned into 0 from null.
func TestSchemaIsStrict(t *testing.T) {
	s := schema(t)
	var out bytes.Buffer
	if err := JSON(&out, floodProof().result, floodProof().outside); err != nil {
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

// TestSchemaKnowsTheEnums holds the lists of the schema against the constants.
func TestSchemaKnowsTheEnums(t *testing.T) {
	for _, word := range []string{
		string(analyze.HandshakeRefused), string(analyze.EndGaveUp), string(analyze.EndResetBySender),
		string(analyze.ProbeDataBlock), string(analyze.ProbeJunkByte), string(analyze.ScaleAbsent),
		cause.Note.String(), analyze.ServerToClient.String(),
	} {
		if !strings.Contains(Schema, `"`+word+`"`) {
			t.Errorf("the schema lacks %q", word)
		}
	}
}

func TestSchemaInDocsIsTheSame(t *testing.T) {
	docs, err := os.ReadFile("../docs/winwatch.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(docs) != Schema {
		t.Error("docs/winwatch.schema.json is not report/winwatch.schema.json: copy it")
	}
}

// TestJSONIsDeterministic: the same result gives the same bytes.
func TestJSONIsDeterministic(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		f := floodProof()
		if err := JSON(w, f.result, f.outside); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two runs differ")
	}
}

// TestJSONHasTheWindowUnderEachShift is the promise for an unknown scale.
func TestJSONHasTheWindowUnderEachShift(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, unknownScale().result, nil); err != nil {
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

func TestJSONKeepsTheError(t *testing.T) {
	if err := JSON(&failingWriter{}, flood().result, nil); err == nil {
		t.Error("no error from a writer that fails")
	}
}

func TestJSONNumbersThatJSONLacks(t *testing.T) {
	var out bytes.Buffer
	j := newJSONWriter(&out)
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
		t.Errorf("control characters stand bare: %q", out.String())
	}
}
