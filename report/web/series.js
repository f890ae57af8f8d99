// The series of the charts, from the points of a stream and a direction.

// The events, by bit, as analyze.Events.
const EVENTS = ["syn", "fin", "rst", "zero-window", "window-update", "window-full", "window-shrunk",
  "probe", "probe-answer", "keep-alive", "keep-alive-answer",
  "retransmission", "out-of-order", "dup-ack", "ack-of-unseen", "gap", "duplicate"];
const bit = name => 1 << EVENTS.indexOf(name);
const eventNames = set => EVENTS.filter((_, i) => set & 1 << i);

const FLAGS = "FSRP.UEWe";
const flagNames = set => [..."FSRPUEWe."].filter(c => set & 1 << FLAGS.indexOf(c)).join("") || "none";

// seriesOf holds what is in force after each point: the window, right edge and
// ACK of the receiver, and what the sender has sent and has in flight.
function seriesOf(points, dir, scaled) {
  const { n, time } = points;
  const s = {
    n, time, dir, scaled, points,
    window: new Float64Array(n), edge: new Float64Array(n), ack: new Float64Array(n),
    sent: new Float64Array(n), flight: points.flight[dir],
    low: new Float64Array(n).fill(NaN), high: new Float64Array(n).fill(NaN),
  };
  const SYN = bit("syn"), RST = bit("rst");
  let window = NaN, edge = NaN, ack = NaN, sent = NaN;
  for (let i = 0; i < n; i++) {
    if (points.dir[i] !== dir) {
      if (!(points.events[i] & RST)) {
        window = scaled ? points.window[i] : points.events[i] & SYN ? window : points.window[i] === 0 ? 0 : points.raw[i];
        if (points.edge[i] >= 0) edge = points.edge[i];
      }
      if (points.ack[i] >= 0 && !(ack > points.ack[i])) ack = points.ack[i];
    } else if (points.seq[i] >= 0) {
      const end = points.seq[i] + points.length[i];
      if (!(sent > end)) sent = end;
      if (points.length[i] > 0) { s.low[i] = points.seq[i]; s.high[i] = end; }
    }
    s.window[i] = window; s.edge[i] = edge; s.ack[i] = ack; s.sent[i] = sent;
  }
  s.zero = zeroSpans(s);
  return s;
}

// zeroSpans returns the times in which the window was 0, as pairs.
function zeroSpans(s) {
  const spans = [];
  let since = NaN;
  for (let i = 0; i < s.n; i++) {
    if (s.window[i] === 0) { if (isNaN(since)) since = s.time[i]; }
    else if (!isNaN(since)) { spans.push(since, s.time[i]); since = NaN; }
  }
  if (!isNaN(since)) spans.push(since, s.time[s.n - 1]);
  return spans;
}

// firstAt returns the index, from a on, of the first time that is not before t.
function firstAt(times, t, a = 0) {
  let b = times.length;
  while (a < b) {
    const m = (a + b) >> 1;
    if (times[m] < t) a = m + 1; else b = m;
  }
  return a;
}

// rangeOf returns the smallest and largest of values[a..b), NaN aside, by way of
// the extremes of blocks, which are kept with the values.
function rangeOf(values, a, b, out) {
  let low = Infinity, high = -Infinity, v;
  if (b - a > 3 * BLOCK) {
    const blocks = blocksOf(values);
    for (; a % BLOCK; a++) { v = values[a]; if (v < low) low = v; if (v > high) high = v; }
    let k = a / BLOCK;
    for (; (k + 1) * BLOCK <= b; k++) {
      if (blocks.low[k] < low) low = blocks.low[k];
      if (blocks.high[k] > high) high = blocks.high[k];
    }
    a = k * BLOCK;
  }
  for (; a < b; a++) { v = values[a]; if (v < low) low = v; if (v > high) high = v; }
  out.low = low;
  out.high = high;
}

const BLOCK = 128, blocksByValues = new WeakMap();

function blocksOf(values) {
  let blocks = blocksByValues.get(values);
  if (!blocks) {
    const n = Math.ceil(values.length / BLOCK);
    blocks = { low: new Float64Array(n).fill(Infinity), high: new Float64Array(n).fill(-Infinity) };
    for (let i = 0; i < values.length; i++) {
      const v = values[i], k = i / BLOCK | 0;
      if (v < blocks.low[k]) blocks.low[k] = v;
      if (v > blocks.high[k]) blocks.high[k] = v;
    }
    blocksByValues.set(values, blocks);
  }
  return blocks;
}

// extremes returns the smallest and largest of the arrays between two times,
// the value in force at the first included.
function extremes(times, from, to, arrays) {
  const a = Math.max(firstAt(times, from) - 1, 0), b = firstAt(times, to), range = {};
  let low = Infinity, high = -Infinity;
  for (const values of arrays) {
    rangeOf(values, a, b, range);
    low = Math.min(low, range.low);
    high = Math.max(high, range.high);
  }
  return [low, high];
}
