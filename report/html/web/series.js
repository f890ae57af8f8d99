// The series of the charts, made from the points of a stream and a direction.

// state.head.events lists the names of the events by bit.
const bit = name => 1 << state.head.events.indexOf(name);
const eventNames = set => state.head.events.filter((_, i) => set & 1 << i);

// The control bits by bit, as tcpdump writes them.
const FLAGS = "FSRP.UEWe";
const flagNames = set => [..."FSRPUEWe."].filter(c => set & 1 << FLAGS.indexOf(c)).join("") || "none";

// seriesOf returns what is in force after each point: the window, right edge and ACK of
// the receiver, and what the sender has sent and has in flight.
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

// zeroSpans returns the begin and end of each time during which the window was 0, flat.
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

// firstAt returns the index, at or after a, of the first time that is not before t.
function firstAt(times, t, a = 0) {
  let b = times.length;
  while (a < b) {
    const m = (a + b) >> 1;
    if (times[m] < t) a = m + 1; else b = m;
  }
  return a;
}

// rangeOf finds the smallest and largest of values[a..b), ignoring NaN, with the help of
// the cached extremes of blocks.
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

// extremes returns the smallest and largest value of the arrays between two times,
// including the value in force at the first.
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
