// Paths that take one pass over the points in view, and no more than a few
// strokes for each column of pixels: a million points draw like a thousand.

// stepPath draws values that hold until the next point. Of the points that fall
// into one column of pixels it draws first, smallest, largest and last.
function stepPath(u, times, values, filled) {
  const scale = linear(u);
  const from = Math.max(firstAt(times, u.scales.x.min) - 1, 0);
  const to = Math.min(firstAt(times, u.scales.x.max) + 1, times.length);
  const stroke = new Path2D(), fill = filled ? new Path2D() : null;
  const base = scale.y(0);
  let column = NaN, low = 0, high = 0, last = NaN, down = false;
  const begin = (x, y) => { stroke.moveTo(x, y); if (fill) { fill.moveTo(x, base); fill.lineTo(x, y); } down = true; };
  const line = (x, y) => { stroke.lineTo(x, y); if (fill) fill.lineTo(x, y); };
  const lift = x => { if (down && fill) { fill.lineTo(x, base); fill.closePath(); } down = false; };
  const flush = () => {
    if (low !== high) { line(column, scale.y(low)); line(column, scale.y(high)); }
    line(column, scale.y(last));
  };
  for (let i = from; i < to; i++) {
    const v = values[i], x = scale.x(times[i]);
    if (x !== column) {
      if (down) { flush(); line(x, scale.y(last)); }
      column = x;
      if (v !== v) { lift(x); last = NaN; continue; }
      if (!down) begin(x, scale.y(v));
      low = high = last = v;
    } else if (v !== v) {
      if (down) { flush(); lift(x); }
      last = NaN;
    } else {
      if (!down) { begin(x, scale.y(v)); low = high = v; }
      if (v < low) low = v;
      if (v > high) high = v;
      last = v;
    }
  }
  if (down) { flush(); lift(column); }
  return { stroke, fill };
}

// barPath draws a bar from low to high for each segment of data, one for all
// that share a column of pixels unless there is space between them.
function barPath(u, times, low, high) {
  const scale = linear(u), path = new Path2D();
  const from = firstAt(times, u.scales.x.min), to = firstAt(times, u.scales.x.max);
  let column = NaN, bottom = NaN, top = NaN;
  const flush = () => {
    if (bottom !== bottom) return;
    const a = scale.y(bottom), b = Math.min(scale.y(top), a - 1.5);
    path.moveTo(column, a);
    path.lineTo(column, b);
  };
  for (let i = from; i < to; i++) {
    if (low[i] !== low[i]) continue;
    const x = scale.x(times[i]);
    if (x !== column || low[i] > top || high[i] < bottom) {
      flush();
      column = x; bottom = low[i]; top = high[i];
    } else {
      if (low[i] < bottom) bottom = low[i];
      if (high[i] > top) top = high[i];
    }
  }
  flush();
  return path;
}

// linear returns the chart's scales as functions to canvas pixels. Columns are
// whole pixels, limited to just outside of the chart.
function linear(u) {
  const { left, top, width, height } = u.bbox, x = u.scales.x, y = u.scales.y;
  const perX = width / (x.max - x.min), perY = height / (y.max - y.min);
  return {
    x: t => left + Math.max(-4, Math.min(width + 4, Math.round((t - x.min) * perX))),
    y: v => top + height - (v - y.min) * perY,
  };
}
