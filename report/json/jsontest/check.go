// Package jsontest checks that what a JSON report says can be true. The schema says which
// form numbers have; this says which of them contradict each other.
package jsontest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Check returns everything in a JSON report that cannot be true: negative counts,
// durations and sizes, estimates outside their own bounds, ends before begins, intervals
// that are not within each other, parts that exceed the whole, and sums that do not add
// up. It returns nil if there is nothing. The report may be narrowed to some streams.
func Check(report []byte) error {
	d := json.NewDecoder(bytes.NewReader(report))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		return err
	}
	var c checker
	c.walk("", "", doc)
	c.totals(doc)
	c.intervals(doc)
	c.findings(doc)
	return errors.Join(c.wrong...)
}

type checker struct{ wrong []error }

func (c *checker) fail(path, format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

// moments are the keys of points in time, which may be before 1970.
var moments = map[string]bool{
	"begin_ns": true, "end_ns": true, "zero_begin_ns": true, "time_ns": true, "answer_time_ns": true, "last_read_ns": true,
	"next_probe_due_ns": true, "started_ns": true, "ended_ns": true, "since_ns": true, "seen_ns": true,
}

// walk checks a value and everything in it. key is its key, path the way to it.
func (c *checker) walk(path, key string, value any) {
	switch v := value.(type) {
	case json.Number:
		if !moments[key] && !strings.HasPrefix(key, "difference_") && strings.HasPrefix(v.String(), "-") {
			c.fail(path, "%s is negative", v)
		}
		if _, err := v.Int64(); errors.Is(err, strconv.ErrRange) && key != "args" { // of a system call: 64 bits
			c.fail(path, "%s is too large", v)
		}
	case string:
		c.sentence(path, v)
	case []any:
		for i, child := range v {
			c.walk(fmt.Sprintf("%s[%d]", path, i), key, child)
		}
	case map[string]any:
		c.object(path, v)
		c.proof(path, v)
		for k, child := range v {
			c.walk(path+"."+k, k, child)
		}
	}
}

// parts are pairs of keys of one object: the first number is a part of the second, or
// comes before it.
var parts = [][2]string{
	{"begin_ns", "end_ns"}, {"begin_ns", "zero_begin_ns"}, {"zero_begin_ns", "end_ns"}, {"time_ns", "answer_time_ns"},
	{"first_frame", "last_frame"}, {"begin_frame", "end_frame"}, {"begin_frame", "zero_frame"}, {"frame", "answer_frame"},
	{"data_segments", "segments"}, {"duplicates", "segments"}, {"unique_bytes", "payload_bytes"},
	{"retransmissions", "segments"}, {"data_retransmissions", "retransmissions"}, {"data_retransmissions", "data_segments"},
	{"retransmissions_into_zero_window", "data_retransmissions"}, {"probe_answers", "probes"},
	{"keep_alive_answers", "keep_alives"}, {"out_of_order", "segments"}, {"probe_timer_data_segments", "data_segments"},
	{"max_segment_bytes", "payload_bytes"},
	{"min_raw", "max_raw"}, {"min_shift", "max_shift"}, {"burst_bytes", "released_bytes"}, {"stalled_streams", "streams"}, {"worst_wait_ns", "wait_ns"},
	{"low_bytes", "value_bytes"}, {"value_bytes", "high_bytes"}, {"low_bytes", "high_bytes"},
	{"low_bytes_per_s", "value_bytes_per_s"}, {"value_bytes_per_s", "high_bytes_per_s"}, {"low_bytes_per_s", "high_bytes_per_s"},
}

// object checks the numbers of one object against each other.
func (c *checker) object(path string, o map[string]any) {
	for _, p := range parts {
		if a, b, known := both(o, p[0], p[1]); known && a > b {
			c.fail(path, "%s %d exceeds %s %d", p[0], a, p[1], b)
		}
	}
	c.link(path, o)
	c.throughput(path, o)
	begin, end, known := both(o, "begin_ns", "end_ns")
	for _, key := range []string{"duration_ns", "span_ns"} {
		if d, given := number(o, key); known && given && d != end-begin {
			c.fail(path, "%s is %d, end_ns - begin_ns %d", key, d, end-begin)
		}
	}
	if count, known := number(o, "probe_count"); known && int64(len(list(o, "probes"))) > count {
		c.fail(path, "%d probes listed of %d", len(list(o, "probes")), count)
	}
	if _, isBudget := o["receiver_limited_ns"]; isBudget {
		c.budget(path, o)
	}
}

// budget checks that the classes of a time budget add up.
func (c *checker) budget(path string, o map[string]any) {
	limited := sum(o, "zero_window_ns", "small_window_ns", "window_full_ns", "held_ns")
	if limited != sum(o, "receiver_limited_ns") {
		c.fail(path, "receiver_limited_ns is %d, the sum %d", sum(o, "receiver_limited_ns"), limited)
	}
	if all := limited + sum(o, "recovering_ns", "delayed_ns", "network_ns", "sender_idle_ns", "unjudged_ns"); all != sum(o, "total_ns") {
		c.fail(path, "total_ns is %d, the sum %d", sum(o, "total_ns"), all)
	}
}

// share matches "5 of 1", in which people compare the two numbers.
var share = regexp.MustCompile(`\b([0-9][0-9,]*) of ([0-9][0-9,]*)\b`)

// sentence checks the shares in a text.
func (c *checker) sentence(path, text string) {
	for _, m := range share.FindAllStringSubmatch(text, -1) {
		part, _ := strconv.ParseUint(strings.ReplaceAll(m[1], ",", ""), 10, 64)
		whole, _ := strconv.ParseUint(strings.ReplaceAll(m[2], ",", ""), 10, 64)
		if part > whole {
			c.fail(path, "%q", m[0])
		}
	}
}

// totals checks the summary against the sums over the streams: equal if all streams are
// listed, otherwise no less.
func (c *checker) totals(doc map[string]any) {
	summary, streams := child(doc, "summary"), list(doc, "streams")
	sums := map[string]int64{}
	for _, s := range streams {
		stream := s.(map[string]any)
		sums["segments"] += sum(stream, "segments")
		sums["duplicates"] += sum(stream, "duplicates")
		stalls := int64(0)
		for _, d := range list(stream, "directions") {
			dir := d.(map[string]any)
			for _, key := range []string{"payload_bytes", "stall_time_ns", "probes", "keep_alives", "retransmissions"} {
				sums[key] += sum(dir, key)
			}
			sums["zero_windows"] += sum(child(dir, "window"), "zero_segments")
			stalls += sum(dir, "stall_count")
		}
		sums["stalls"] += stalls
		if stalls > 0 {
			sums["stalled_streams"]++
		}
	}
	all := int64(len(streams)) == sum(summary, "streams")
	for key, n := range sums {
		if total := sum(summary, key); n > total || all && n != total {
			c.fail(".summary", "%s is %d, the sum over the streams %d", key, total, n)
		}
	}
}

// intervals checks that streams are within the capture, and all else within its stream.
func (c *checker) intervals(doc map[string]any) {
	summary := child(doc, "summary")
	for i, s := range list(doc, "streams") {
		path, stream := fmt.Sprintf(".streams[%d]", i), s.(map[string]any)
		c.within(path, stream, "begin_ns", summary)
		c.within(path, stream, "end_ns", summary)
		if wait := sum(child(stream, "verdict"), "wait_ns"); wait > sum(stream, "span_ns") {
			c.fail(path, "waited %d ns of %d", wait, sum(stream, "span_ns"))
		}
		for k, d := range list(stream, "directions") {
			path, dir := fmt.Sprintf("%s.directions[%d]", path, k), d.(map[string]any)
			c.direction(path, dir, stream)
		}
	}
}

func (c *checker) direction(path string, dir, stream map[string]any) {
	span := sum(stream, "span_ns")
	if total := sum(child(dir, "budget"), "total_ns"); total != span {
		c.fail(path, "the budget is of %d ns, the stream lasts %d", total, span)
	}
	if stalled := sum(dir, "stall_time_ns"); stalled > span {
		c.fail(path, "stalled for %d ns of %d", stalled, span)
	}
	c.within(path, child(dir, "reader"), "last_read_ns", stream)
	over, _ := number(stream, "begin_ns") // the end of the stall before
	for i, s := range list(dir, "stalls") {
		path, stall := fmt.Sprintf("%s.stalls[%d]", path, i), s.(map[string]any)
		if begin := sum(stall, "begin_ns"); begin < over {
			c.fail(path, "begins at %d, before the stall before it ended at %d", begin, over)
		}
		over = sum(stall, "end_ns")
		c.within(path, stall, "begin_ns", stream)
		c.within(path, stall, "end_ns", stream)
		for k, p := range list(stall, "probes") {
			path, probe := fmt.Sprintf("%s.probes[%d]", path, k), p.(map[string]any)
			c.within(path, probe, "time_ns", stream)
			c.within(path, probe, "answer_time_ns", stream)
			at, begin := sum(probe, "time_ns"), sum(stall, "begin_ns")
			if before, _ := stall["began_before_capture"].(bool); at < begin && !before {
				c.fail(path, "sent at %d, before the stall at %d", at, begin)
			}
		}
	}
}

// within checks that a moment of o lies between begin_ns and end_ns of outer.
func (c *checker) within(path string, o map[string]any, key string, outer map[string]any) {
	begin, end, known := both(outer, "begin_ns", "end_ns")
	if at, given := number(o, key); known && given && (at < begin || at > end) {
		c.fail(path, "%s %d is not within %d to %d", key, at, begin, end)
	}
}

// findings checks that each stream with a finding is in one group: with all streams listed,
// the groups have no other streams.
func (c *checker) findings(doc map[string]any) {
	summary, rest := child(doc, "summary"), child(doc, "other_findings")
	grouped, wait := sum(rest, "streams"), sum(rest, "wait_ns")
	worst := map[int64]map[string]any{}
	for i, g := range list(doc, "findings") {
		path, group := fmt.Sprintf(".findings[%d]", i), g.(map[string]any)
		grouped += sum(group, "streams")
		wait += sum(group, "wait_ns")
		c.within(path, group, "begin_ns", summary)
		c.within(path, group, "end_ns", summary)
		if id, known := number(group, "worst_stream"); known {
			worst[id] = group
		}
	}
	found, lost := int64(0), int64(0)
	for i, s := range list(doc, "streams") {
		path, stream := fmt.Sprintf(".streams[%d]", i), s.(map[string]any)
		verdict := child(stream, "verdict")
		if verdict["severity"] != "ok" {
			found++
			lost += sum(verdict, "wait_ns")
		}
		c.origin(path, verdict, sum(stream, "stream"))
		group := worst[sum(stream, "stream")]
		if group != nil && (group["code"] != verdict["code"] || sum(group, "worst_wait_ns") != sum(verdict, "wait_ns")) {
			c.fail(path, "its verdict is %v, %v ns; that of its group %v, %v ns",
				verdict["code"], verdict["wait_ns"], group["code"], group["worst_wait_ns"])
		}
	}
	if total := sum(summary, "streams"); grouped > total {
		c.fail(".findings", "%d streams of %d", grouped, total)
	}
	if _, cut := doc["streams_cut"]; !cut && sum(child(doc, "retired"), "streams") == 0 && (grouped != found || wait != lost) {
		c.fail(".findings", "%d streams and %d ns, the streams say %d and %d", grouped, wait, found, lost)
	}
}

// link checks that no more packets left one direction of a link, or were dropped there,
// than entered it.
func (c *checker) link(path string, way map[string]any) {
	in, duplicated, known := both(way, "packets", "duplicated")
	if !known {
		return
	}
	var out int64
	for _, key := range []string{"delivered", "queue_full", "lost", "filtered"} {
		n, _ := number(way, key)
		out += n
	}
	if out > in+duplicated {
		c.fail(path, "%d packets left or were dropped, %d entered, %d of them twice", out, in, duplicated)
	}
}

// throughput checks that no more was acknowledged in the steady part of an experiment than
// its program handed to send(), and that the part is no longer than the whole.
func (c *checker) throughput(path string, report map[string]any) {
	witness := child(report, "witness")
	t := child(child(report, "proof"), "throughput")
	if acked, known := number(t, "kernel_acknowledged_bytes"); known && acked > sum(witness, "accepted_bytes") {
		c.fail(path, "%d bytes were acknowledged in the steady part, %d were accepted", acked, sum(witness, "accepted_bytes"))
	}
	begin, end, known := both(witness, "started_ns", "ended_ns")
	if span := sum(t, "span_ns"); known && span > end-begin {
		c.fail(path, "the steady part lasted %d ns, the experiment %d", span, end-begin)
	}
}

// proof checks that a finding excludes something with each excluded fact, and that its
// frames include those of its evidence.
func (c *checker) proof(path string, finding map[string]any) {
	for i, text := range list(finding, "excluded") {
		if !strings.HasPrefix(text.(string), "not ") {
			c.fail(fmt.Sprintf("%s.excluded[%d]", path, i), "%q does not begin with \"not \"", text)
		}
	}
	frames := list(finding, "frames")
	for i, e := range list(finding, "evidence") {
		if frame := e.(map[string]any)["frame"]; frame != nil && !slices.Contains(frames, frame) {
			c.fail(fmt.Sprintf("%s.evidence[%d]", path, i), "frame %v is not among the frames %v", frame, frames)
		}
	}
}

// origin checks that a verdict names another stream if, and only if, it is about one.
func (c *checker) origin(path string, verdict map[string]any, stream int64) {
	id, known := number(verdict, "origin_stream")
	if other := verdict["code"] == "waits-for-other-stream"; other != known || known && id == stream {
		c.fail(path, "the code is %v, the origin %v", verdict["code"], verdict["origin_stream"])
	}
}

// number returns an integer of an object; it is not known if it is null or missing.
func number(o map[string]any, key string) (n int64, known bool) {
	v, ok := o[key].(json.Number)
	if !ok {
		return 0, false
	}
	n, err := v.Int64()
	return n, err == nil
}

// both returns two integers of an object if both are known.
func both(o map[string]any, a, b string) (x, y int64, known bool) {
	x, first := number(o, a)
	y, second := number(o, b)
	return x, y, first && second
}

// sum adds integers of an object; unknown ones count as 0.
func sum(o map[string]any, keys ...string) (n int64) {
	for _, key := range keys {
		v, _ := number(o, key)
		n += v
	}
	return n
}

func child(o map[string]any, key string) map[string]any {
	v, _ := o[key].(map[string]any)
	return v
}

func list(o map[string]any, key string) []any {
	v, _ := o[key].([]any)
	return v
}
