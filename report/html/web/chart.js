// Charts: one time axis, several views of it.

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dash = pattern => pattern.map(v => v * devicePixelRatio);

// byteSteps and timeSteps are the possible distances between ticks.
const byteSteps = Array.from({ length: 62 }, (_, i) => 2 ** i);
const timeSteps = [];
for (let e = -9; e <= 0; e++) for (const m of [1, 2, 5]) timeSteps.push(+(m * 10 ** e).toFixed(9));
timeSteps.push(10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000);

// makeChart draws lines, marks, shading and stalls into a box. spec has:
// title, lines [{key, label, values, times?, colour, width, dash, fill, bars}],
// marks, value(i, kind), from, zoomed(from, to), hovered(chart, index).
function makeChart(box, spec, data) {
  const opts = {
    width: box.clientWidth, height: spec.height, pxAlign: 1, legend: { show: false },
    cursor: {
      sync: { key: "time", setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { show: false }, bind: { dblclick: () => () => { spec.zoomed(null, null); return null; } },
    },
    scales: {
      x: { time: false, range: () => [spec.view.from, spec.view.to] },
      y: { range: () => yRange(spec) },
    },
    axes: [timeAxis(spec), byteAxis(spec)],
    // uPlot handles axes, scales and the cursor; drawLines draws the lines.
    series: [{}, { paths: () => null, points: { show: false }, sorted: 1 }],
    hooks: {
      drawClear: [u => shade(u, spec)],
      draw: [u => drawLines(u, spec)],
      setSelect: [u => {
        if (u.select.width < 3) return;
        const from = u.posToVal(u.select.left, "x"), to = u.posToVal(u.select.left + u.select.width, "x");
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        spec.zoomed(from, to);
      }],
      setCursor: [u => spec.hovered(u)],
    },
  };
  const u = new uPlot(opts, [data.time, data.time], box);
  u.over.setAttribute("role", "img");
  u.over.setAttribute("aria-label", spec.description);
  return u;
}

function yRange(spec) {
  let high = 0, low = spec.fromZero ? 0 : Infinity;
  for (const line of spec.lines) {
    if (line.hidden) continue;
    const [a, b] = extremes(line.times, spec.view.from, spec.view.to, line.bars ? [line.values, line.low] : [line.values]);
    low = Math.min(low, a);
    high = Math.max(high, b);
  }
  if (!isFinite(low)) low = 0;
  const space = Math.max(high - low, view.from === null ? 1024 : 8);
  return [low - space * 0.09, low + space + space * (spec.stalls && spec.stalls.length ? 0.17 : 0.1)];
}

function timeAxis(spec) {
  return {
    stroke: () => css("--muted"), font: "12px system-ui, sans-serif", size: 28, gap: 4,
    grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1, size: 5 },
    incrs: timeSteps, space: 90,
    label: spec.timeLabel, labelFont: "12px system-ui, sans-serif", labelSize: 16, labelGap: 0,
    values: (u, ticks, axis, space, step) => {
      const decimals = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step) - 1e-9)));
      return ticks.map(t => clock(t, decimals) + (step < 60 && Math.abs(t) < 120 ? " s" : ""));
    },
  };
}

function byteAxis(spec) {
  return {
    stroke: () => css("--muted"), font: "12px system-ui, sans-serif", size: 80, gap: 6,
    grid: { stroke: () => css("--grid"), width: 1 }, ticks: { show: false }, incrs: byteSteps, space: 34,
    values: (u, ticks) => ticks.map(tickBytes),
  };
}

// shade hatches the times during which the window was 0.
function shade(u, spec) {
  const ctx = u.ctx, { left, top, width, height } = u.bbox, scale = linear(u);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  const times = spec.zero, tint = css("--zero-fill"), lines = hatch(ctx);
  let end = -1;
  for (let i = firstAt(times, u.scales.x.min) & ~1; i < times.length && times[i] <= u.scales.x.max; i += 2) {
    const a = Math.max(scale.x(times[i]), end), b = Math.max(scale.x(times[i + 1]), scale.x(times[i]) + 1);
    if (b <= a) {
      i = Math.max(i, (firstAt(times, scale.end(end), i) & ~1) - 2);
      continue;
    }
    for (ctx.fillStyle of [tint, lines]) ctx.fillRect(a, top, b - a, height);
    end = b;
  }
  ctx.restore();
}

let hatchOf = null;

function hatch(ctx) {
  const colour = css("--zero-line"), r = devicePixelRatio, key = colour + r;
  if (!hatchOf || hatchOf.key !== key) {
    const size = Math.round(8 * r), tile = el("canvas", { width: size, height: size }), c = tile.getContext("2d");
    c.strokeStyle = colour;
    c.lineWidth = r;
    c.beginPath();
    for (const d of [-size, 0, size]) { c.moveTo(d, size); c.lineTo(d + size, 0); }
    c.stroke();
    hatchOf = { key, pattern: ctx.createPattern(tile, "repeat") };
  }
  return hatchOf.pattern;
}

// drawStalls draws a bar at the top for each stall, with a label if there is space.
function drawStalls(u, stalls, scale) {
  const ctx = u.ctx, r = devicePixelRatio, y = u.bbox.top + 3 * r;
  ctx.fillStyle = css("--probe");
  ctx.font = `600 ${11 * r}px system-ui, sans-serif`;
  ctx.textBaseline = "top";
  for (const s of stalls) {
    const from = s.begin / 1e9, to = s.end / 1e9;
    if (to < u.scales.x.min || from > u.scales.x.max) continue;
    const a = scale.x(from), b = Math.max(scale.x(to), a + 2 * r), text = "stall " + span(s.duration);
    ctx.fillRect(a, y, b - a, 3 * r);
    if (ctx.measureText(text).width + 12 * r < b - a) {
      ctx.textAlign = "left";
      const wide = ctx.measureText(text).width;
      const at = Math.max(a, u.bbox.left) + 6 * r;
      ctx.save();
      ctx.fillStyle = css("--panel");
      ctx.globalAlpha = 0.85;
      ctx.fillRect(at - 3 * r, y + 5 * r, wide + 6 * r, 15 * r);
      ctx.restore();
      ctx.fillText(text, at, y + 7 * r);
    }
  }
}

function drawLines(u, spec) {
  const ctx = u.ctx, { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const line of spec.lines) {
    if (line.hidden) continue;
    ctx.lineWidth = (line.width || 1.5) * devicePixelRatio;
    ctx.strokeStyle = ctx.fillStyle = css(line.colour);
    ctx.setLineDash(dash(line.dash || []));
    ctx.lineJoin = "round";
    if (line.bars) {
      ctx.stroke(barPath(u, line.times, line.low, line.values));
      continue;
    }
    const path = stepPath(u, line.times, line.values, line.fill);
    if (line.fill) { ctx.globalAlpha = 0.28; ctx.fill(path.fill); ctx.globalAlpha = 1; }
    ctx.stroke(path.stroke);
  }
  ctx.setLineDash([]);
  drawMarks(u, spec.marks, spec.value, css);
  if (spec.stalls) drawStalls(u, spec.stalls, linear(u));
  if (spec.pin !== undefined && spec.pin() !== null) drawPin(u, spec.pin());
  ctx.restore();
}

function drawPin(u, time) {
  const x = linear(u).x(time), ctx = u.ctx;
  ctx.strokeStyle = css("--text");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x + 0.5, u.bbox.top);
  ctx.lineTo(x + 0.5, u.bbox.top + u.bbox.height);
  ctx.stroke();
}
