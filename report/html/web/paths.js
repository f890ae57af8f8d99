// Paths with at most a few strokes per column of pixels, computed from the extremes of
// blocks of values: drawing a million points takes no longer than a thousand.

// columnsOf calls f for each column of pixels that has points, with its x, the first
// point in it and the first after it. It begins one point before the view and ends one
// after, so that lines cross the edges.
function columnsOf(u, scale, times, f) {
  const to = Math.min(firstAt(times, u.scales.x.max) + 1, times.length);
  for (let i = Math.max(firstAt(times, u.scales.x.min) - 1, 0); i < to;) {
    const x = scale.x(times[i]);
    let next = i + 1;
    if (next < to && scale.x(times[next]) === x) {
      next = Math.min(firstAt(times, scale.end(x), next), to);
      while (next < to && scale.x(times[next]) === x) next++;
    }
    f(x, i, next);
    i = next;
  }
}

// stepPath draws values that hold until the next point: the first, smallest, largest and
// last of each column.
function stepPath(u, times, values, filled) {
  const scale = linear(u), stroke = new Path2D(), fill = filled ? new Path2D() : null, base = scale.y(0), range = {};
  let level = NaN, column = NaN;
  const line = (x, y) => { stroke.lineTo(x, y); if (fill) fill.lineTo(x, y); };
  columnsOf(u, scale, times, (x, a, b) => {
    rangeOf(values, a, b, range);
    if (range.low > range.high) { // no value is known here
      if (level === level && fill) { fill.lineTo(column, base); fill.closePath(); }
      level = NaN;
      return;
    }
    while (values[a] !== values[a]) a++;
    const y = scale.y(values[a]);
    if (level !== level) {
      stroke.moveTo(x, y);
      if (fill) { fill.moveTo(x, base); fill.lineTo(x, y); }
    } else {
      line(x, level);
      if (y !== level) line(x, y);
    }
    level = y;
    column = x;
    if (b - a < 2) return;
    while (values[b - 1] !== values[b - 1]) b--;
    if (range.low !== range.high) { line(x, scale.y(range.low)); line(x, scale.y(range.high)); }
    level = scale.y(values[b - 1]);
    line(x, level);
  });
  if (level === level && fill) { fill.lineTo(column, base); fill.closePath(); }
  return { stroke, fill };
}

// barPath draws a bar from low to high for each segment of data, or one for all segments
// of a crowded column.
function barPath(u, times, low, high) {
  const scale = linear(u), path = new Path2D(), below = {}, above = {};
  const bar = (x, from, to) => {
    const y = scale.y(from);
    path.moveTo(x, y);
    path.lineTo(x, Math.min(scale.y(to), y - 1.5));
  };
  columnsOf(u, scale, times, (x, a, b) => {
    if (b - a < 16) {
      for (; a < b; a++) if (low[a] === low[a]) bar(x, low[a], high[a]);
      return;
    }
    rangeOf(low, a, b, below);
    rangeOf(high, a, b, above);
    if (below.low <= above.high) bar(x, below.low, above.high);
  });
  return path;
}

// linear returns functions from the chart's scales to canvas pixels, and one for the time
// at which a column ends. Columns are whole pixels, limited to just outside the chart.
function linear(u) {
  const { left, top, width, height } = u.bbox, x = u.scales.x, y = u.scales.y;
  const perX = width / (x.max - x.min), perY = height / (y.max - y.min);
  return {
    x: t => left + Math.max(-4, Math.min(width + 4, Math.round((t - x.min) * perX))),
    end: column => x.min + (column - left + 0.5) / perX,
    y: v => top + height - (v - y.min) * perY,
  };
}
