package html

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"winwatch/analyze"
	"winwatch/report"
)

// packBlock packs data for the page's script: base64 of raw deflate of a length, JSON of
// that length, and columns of numbers. base64 has no character with a meaning in HTML.
func packBlock(head any, columns []byte) (string, error) {
	text, err := json.Marshal(head)
	if err != nil {
		return "", fmt.Errorf("html: %w", err)
	}
	text = cleanJSON(text)
	var buf bytes.Buffer
	z, err := flate.NewWriter(&buf, flate.DefaultCompression)
	if err != nil {
		return "", fmt.Errorf("html: %w", err)
	}
	for _, part := range [][]byte{binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text, columns} {
		if _, err := z.Write(part); err != nil {
			return "", fmt.Errorf("html: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return "", fmt.Errorf("html: %w", err)
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// cleanJSON makes the strings in the output of json.Marshal safe to show: the script's text
// for a character that steers is its escape sequence.
func cleanJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		written := text[:size]
		if r == '\\' {
			r, size = unescaped(text)
			written = text[:size]
		}
		if report.Steers(r) {
			out = append(out, strings.ReplaceAll(report.Clean(string(r)), `\`, `\\`)...)
		} else {
			out = append(out, written...)
		}
		text = text[size:]
	}
	return out
}

// unescaped returns the character that an escape sequence of JSON stands for, and the size
// of the sequence.
func unescaped(text []byte) (r rune, size int) {
	if text[1] == 'u' {
		n, _ := strconv.ParseUint(string(text[2:6]), 16, 32) // json.Marshal wrote it
		return rune(n), 6
	}
	if i := strings.IndexByte("bfnrt", text[1]); i >= 0 {
		return rune("\b\f\n\r\t"[i]), 2
	}
	return rune(text[1]), 2
}

// timeUnit returns the coarsest unit in ns (1, 1000, …) that loses no precision or, if the
// span is too long for a JavaScript number, loses no more than necessary.
func timeUnit(points []analyze.Point) int64 {
	const exact = 1 << 52
	if len(points) == 0 {
		return 1
	}
	origin := points[0].Time
	unit := int64(1000)
	for i := range points {
		if (uint64(points[i].Time)-uint64(origin))%1000 != 0 {
			unit = 1
			break
		}
	}
	for span := uint64(points[len(points)-1].Time) - uint64(origin); span/uint64(unit) > exact; {
		unit *= 1000
	}
	return unit
}

// packPoints returns the columns of points one after another, each number as the zigzag
// varint of its difference from a prediction, so that deflate finds mostly zeros.
// unpack.js makes the same predictions.
func packPoints(points []analyze.Point, unit int64) []byte {
	b := make([]byte, 0, 16*len(points))
	column := func(next func(p *analyze.Point, i int) int64) {
		for i := range points {
			b = binary.AppendVarint(b, next(&points[i], i))
		}
	}
	// delta predicts the previous value of the same direction.
	delta := func(value func(p *analyze.Point) int64) {
		var last [2]int64
		column(func(p *analyze.Point, _ int) int64 {
			v := value(p)
			d := v - last[p.Dir]
			last[p.Dir] = v
			return d
		})
	}
	var ticks int64
	column(func(p *analyze.Point, _ int) int64 {
		t := int64((uint64(p.Time) - uint64(points[0].Time)) / uint64(unit))
		d := t - ticks
		ticks = t
		return d
	})
	var frame uint64
	column(func(p *analyze.Point, _ int) int64 {
		d := int64(p.Frame - frame)
		frame = p.Frame
		return d
	})
	column(func(p *analyze.Point, _ int) int64 { return int64(p.Dir) })
	delta(func(p *analyze.Point) int64 { return p.Window })
	delta(func(p *analyze.Point) int64 {
		if p.Window != analyze.Unknown {
			return 0
		}
		return int64(p.WindowRaw)
	})
	delta(func(p *analyze.Point) int64 { return p.Ack })
	column(func(p *analyze.Point, _ int) int64 { return p.SeqEnd - p.Seq })
	var end [2]int64
	column(func(p *analyze.Point, _ int) int64 {
		d := p.Seq - end[p.Dir]
		end[p.Dir] = p.SeqEnd
		return d
	})
	column(func(p *analyze.Point, _ int) int64 {
		if p.Ack == analyze.Unknown || p.Window == analyze.Unknown {
			return p.RightEdge - analyze.Unknown
		}
		return p.RightEdge - (p.Ack + p.Window)
	})
	for dir := range analyze.Dir(2) {
		flights := report.InFlight(points, dir)
		predict := flightPredictor{flight: analyze.Unknown, sent: analyze.Unknown, dir: dir}
		column(func(p *analyze.Point, i int) int64 {
			guess := predict.next(p)
			predict.flight = flights[i]
			return flights[i] - guess
		})
	}
	column(func(p *analyze.Point, _ int) int64 { return int64(p.Events) })
	column(func(p *analyze.Point, _ int) int64 { return int64(p.Flags) })
	return b
}

// flightPredictor predicts the bytes in flight from those sent and acknowledged.
type flightPredictor struct {
	dir               analyze.Dir
	flight, sent, ack int64
}

func (f *flightPredictor) next(p *analyze.Point) int64 {
	if p.Dir != f.dir {
		f.ack = max(f.ack, p.Ack)
		return min(f.flight, max(f.sent-f.ack, 0))
	}
	f.sent = max(f.sent, p.SeqEnd)
	return max(f.sent-f.ack, 0)
}
