package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strconv"
	"time"
	"unicode/utf16"
)

// jsonWriter writes one JSON object piece by piece, so that a million streams
// are never in memory at once. Keys come in the order of the calls. A method
// with the key "" writes an element of an array. Write errors are kept by w.
type jsonWriter struct {
	w       *bufio.Writer
	scratch []byte
	depth   int
	// comma: the container that is open has an element already.
	comma bool
}

func newJSONWriter(w io.Writer) *jsonWriter {
	return &jsonWriter{w: bufio.NewWriterSize(w, 64<<10)}
}

// begin writes what stands before a value. The outer two levels are one element
// a line, so that the output can be read, and searched line by line.
func (j *jsonWriter) begin(key string) {
	if j.comma {
		j.w.WriteByte(',')
	}
	if j.depth == 1 || j.depth == 2 && key == "" {
		j.w.WriteByte('\n')
	}
	if key != "" {
		j.quote(key)
		j.w.WriteByte(':')
	}
	j.comma = true
}

func (j *jsonWriter) nest(key string, open, end byte, body func()) {
	if j.depth > 0 {
		j.begin(key)
	}
	j.w.WriteByte(open)
	j.depth++
	j.comma = false
	body()
	j.depth--
	if j.depth == 0 {
		j.w.WriteByte('\n')
	}
	j.w.WriteByte(end)
	j.comma = true
}

func (j *jsonWriter) object(key string, body func()) { j.nest(key, '{', '}', body) }
func (j *jsonWriter) array(key string, body func())  { j.nest(key, '[', ']', body) }

func (j *jsonWriter) null(key string) {
	j.begin(key)
	j.w.WriteString("null")
}

func (j *jsonWriter) int(key string, v int64) {
	j.begin(key)
	j.scratch = appendInt(j.scratch[:0], v)
	j.w.Write(j.scratch)
}

func (j *jsonWriter) uint(key string, v uint64) {
	j.begin(key)
	j.scratch = appendUint(j.scratch[:0], v)
	j.w.Write(j.scratch)
}

func (j *jsonWriter) span(key string, d time.Duration) { j.int(key, int64(d)) }

func (j *jsonWriter) bool(key string, v bool) {
	j.begin(key)
	j.w.WriteString(strconv.FormatBool(v))
}

// boolIf writes *v, or null.
func (j *jsonWriter) boolIf(key string, v *bool) {
	if v == nil {
		j.null(key)
		return
	}
	j.bool(key, *v)
}

// float writes null for what JSON has no number for.
func (j *jsonWriter) float(key string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		j.null(key)
		return
	}
	j.begin(key)
	j.scratch = strconv.AppendFloat(j.scratch[:0], v, 'g', -1, 64)
	j.w.Write(j.scratch)
}

func (j *jsonWriter) string(key, v string) {
	j.begin(key)
	j.quote(v)
}

// intIf writes v if it is known, else null.
func (j *jsonWriter) intIf(key string, known bool, v int64) {
	if !known {
		j.null(key)
		return
	}
	j.int(key, v)
}

// frame writes a frame number, null for 0: there is no frame 0.
func (j *jsonWriter) frame(key string, v uint64) { j.intIf(key, v != 0, int64(v)) }

// optional writes *v, or null.
func optional[T ~int64](j *jsonWriter, key string, v *T) {
	if v == nil {
		j.null(key)
		return
	}
	j.int(key, int64(*v))
}

// stringIf writes v, or null if it is empty.
func (j *jsonWriter) stringIf(key, v string) {
	if v == "" {
		j.null(key)
		return
	}
	j.string(key, v)
}

func (j *jsonWriter) endpoint(key string, e netip.AddrPort) {
	j.object(key, func() {
		j.addr("address", e.Addr())
		j.int("port", int64(e.Port()))
	})
}

// addr writes an address, null if there is none.
func (j *jsonWriter) addr(key string, a netip.Addr) {
	if !a.IsValid() {
		j.null(key)
		return
	}
	j.string(key, a.String())
}

// quote writes s as a JSON string; what is not UTF-8 becomes U+FFFD.
func (j *jsonWriter) quote(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			j.escape(s)
			return
		}
	}
	j.w.WriteByte('"')
	j.w.WriteString(s)
	j.w.WriteByte('"')
}

// escape writes a string that has characters to escape. JSON lets C1 controls and
// those that turn the direction of writing stand, but JSON is printed on
// terminals too, and they obey them.
func (j *jsonWriter) escape(s string) {
	b, err := json.Marshal(s)
	if err != nil {
		b = []byte(`""`) // unreachable: every string has a JSON form
	}
	for _, r := range string(b) {
		if !Steers(r) {
			j.w.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(j.w, `\u%04x`, unit)
		}
	}
}
