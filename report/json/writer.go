package json

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

	"winwatch/report"
)

// writer writes one JSON object piece by piece, so that a million streams are never in
// memory at once. Keys appear in the order of the calls. The key "" writes an element of
// an array. w keeps write errors.
type writer struct {
	w       *bufio.Writer
	scratch []byte
	depth   int
	// comma is set if the open container already has an element.
	comma bool
}

func newWriter(w io.Writer) *writer {
	return &writer{w: bufio.NewWriterSize(w, 64<<10)}
}

// begin writes everything before a value. The outer two levels have one element per line,
// so that people can read the output and search it line by line.
func (j *writer) begin(key string) {
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

func (j *writer) nest(key string, open, end byte, body func()) {
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

func (j *writer) object(key string, body func()) { j.nest(key, '{', '}', body) }
func (j *writer) array(key string, body func())  { j.nest(key, '[', ']', body) }

func (j *writer) null(key string) {
	j.begin(key)
	j.w.WriteString("null")
}

func (j *writer) int(key string, v int64) {
	j.begin(key)
	j.scratch = strconv.AppendInt(j.scratch[:0], v, 10)
	j.w.Write(j.scratch)
}

func (j *writer) uint(key string, v uint64) {
	j.begin(key)
	j.scratch = strconv.AppendUint(j.scratch[:0], v, 10)
	j.w.Write(j.scratch)
}

func (j *writer) span(key string, d time.Duration) { j.int(key, int64(d)) }

func (j *writer) bool(key string, v bool) {
	j.begin(key)
	j.w.WriteString(strconv.FormatBool(v))
}

// boolIf writes *v, or null.
func (j *writer) boolIf(key string, v *bool) {
	if v == nil {
		j.null(key)
		return
	}
	j.bool(key, *v)
}

// float writes v, or null if JSON cannot represent it.
func (j *writer) float(key string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		j.null(key)
		return
	}
	j.begin(key)
	j.scratch = strconv.AppendFloat(j.scratch[:0], v, 'g', -1, 64)
	j.w.Write(j.scratch)
}

func (j *writer) string(key, v string) {
	j.begin(key)
	j.quote(v)
}

// intIf writes v if it is known, otherwise null.
func (j *writer) intIf(key string, known bool, v int64) {
	if !known {
		j.null(key)
		return
	}
	j.int(key, v)
}

// frame writes a frame number, or null for 0: there is no frame 0.
func (j *writer) frame(key string, v uint64) { j.intIf(key, v != 0, int64(v)) }

// optional writes *v, or null.
func optional[T ~int64](j *writer, key string, v *T) {
	if v == nil {
		j.null(key)
		return
	}
	j.int(key, int64(*v))
}

// stringIf writes v, or null if it is empty.
func (j *writer) stringIf(key, v string) {
	if v == "" {
		j.null(key)
		return
	}
	j.string(key, v)
}

func (j *writer) endpoint(key string, e netip.AddrPort) {
	j.object(key, func() {
		j.addr("address", e.Addr())
		j.int("port", int64(e.Port()))
	})
}

// addr writes an address, or null if there is none.
func (j *writer) addr(key string, a netip.Addr) {
	if !a.IsValid() {
		j.null(key)
		return
	}
	j.string(key, a.String())
}

// quote writes s as a JSON string; invalid UTF-8 becomes U+FFFD.
func (j *writer) quote(s string) {
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

// escape writes a string that has characters to escape. JSON allows C1 controls and
// characters that change the direction of writing to stand as they are, but people print
// JSON on terminals, which obey them.
func (j *writer) escape(s string) {
	b, err := json.Marshal(s)
	if err != nil {
		b = []byte(`""`) // unreachable: every string has a JSON form
	}
	for _, r := range string(b) {
		if !report.Steers(r) {
			j.w.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(j.w, `\u%04x`, unit)
		}
	}
}
