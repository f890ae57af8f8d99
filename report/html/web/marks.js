// Marks distinguish events by shape first, so that they can be told apart in grey, too.

// MARKS lists the events that the charts mark, each with the side that sends it: the
// sender or the receiver of the data.
const MARKS = [
  { key: "probe", label: "Probe", event: "probe", by: "sender", shape: "up", colour: "--probe" },
  { key: "answer", label: "Probe answer", event: "probe-answer", by: "receiver", shape: "down", colour: "--answer" },
  { key: "retransmission", label: "Retransmission", event: "retransmission", by: "sender", shape: "cross", colour: "--resent" },
  { key: "full", label: "Window full", event: "window-full", by: "sender", shape: "diamond", colour: "--full" },
  { key: "shrunk", label: "Window shrunk", event: "window-shrunk", by: "receiver", shape: "square", colour: "--probe" },
  { key: "keepalive", label: "Keep-alive", event: "keep-alive", by: "sender", shape: "plus", colour: "--muted" },
  { key: "outoforder", label: "Out of order", event: "out-of-order", by: "sender", shape: "ring", colour: "--resent" },
  { key: "reset", label: "Reset", event: "rst", by: "both", shape: "R", colour: "--probe" },
  { key: "syn", label: "SYN", event: "syn", by: "both", shape: "S", colour: "--muted" },
  { key: "fin", label: "FIN", event: "fin", by: "both", shape: "F", colour: "--muted" },
];

// marksOf returns the kinds of marks that occur in a direction, each with its points.
function marksOf(points, dir) {
  return MARKS.map(kind => {
    const mask = bit(kind.event), at = [];
    for (let i = 0; i < points.n; i++) {
      if (points.events[i] & mask && (kind.by === "both" || (points.dir[i] === dir) === (kind.by === "sender"))) at.push(i);
    }
    return { ...kind, at, times: Float64Array.from(at, i => points.time[i]) };
  }).filter(kind => kind.at.length);
}

// drawMarks draws the visible kinds; value returns the height of a point. It draws only
// one of several marks that would overlap.
function drawMarks(u, marks, value, colour) {
  const scale = linear(u), ctx = u.ctx, size = 5 * devicePixelRatio, { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.lineWidth = 1.6 * devicePixelRatio;
  for (const kind of marks) {
    if (kind.hidden) continue;
    ctx.strokeStyle = ctx.fillStyle = colour(kind.colour);
    const from = firstAt(kind.times, u.scales.x.min), to = firstAt(kind.times, u.scales.x.max);
    const cell = size / 2 * Math.min(1 + (to - from) / 600, 5), across = Math.ceil(width / cell) + 8;
    const taken = new Uint8Array(across * (Math.ceil(height / cell) + 8));
    const at = m => {
      const v = value(kind.at[m], kind), x = scale.x(kind.times[m]), y = v === v ? scale.y(v) : top + size * 2;
      const cellAt = Math.floor((x - left) / cell) + 2 + across * (Math.floor((y - top) / cell) + 2);
      if (taken[cellAt]) return;
      taken[cellAt] = 1;
      drawShape(ctx, kind.shape, x, y, size, u);
    };
    for (let m = from; m < to; m++) {
      at(m);
      if (to - from < 4000) continue;
      // Of many in one column draw the first and the last.
      const last = Math.min(firstAt(kind.times, scale.end(scale.x(kind.times[m])), m), to) - 1;
      if (last > m) at(m = last);
    }
  }
  ctx.restore();
}

function drawShape(ctx, shape, x, y, r, u) {
  ctx.beginPath();
  switch (shape) {
    case "up": ctx.moveTo(x, y); ctx.lineTo(x - r, y + 1.7 * r); ctx.lineTo(x + r, y + 1.7 * r); ctx.closePath(); ctx.fill(); return;
    case "down": ctx.moveTo(x, y); ctx.lineTo(x - r, y - 1.7 * r); ctx.lineTo(x + r, y - 1.7 * r); ctx.closePath(); ctx.stroke(); return;
    case "cross": ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r); ctx.moveTo(x + r, y - r); ctx.lineTo(x - r, y + r); ctx.stroke(); return;
    case "plus": ctx.moveTo(x - r, y); ctx.lineTo(x + r, y); ctx.moveTo(x, y + r); ctx.lineTo(x, y - r); ctx.stroke(); return;
    case "diamond": ctx.moveTo(x, y - r); ctx.lineTo(x + r, y); ctx.lineTo(x, y + r); ctx.lineTo(x - r, y); ctx.closePath(); ctx.stroke(); return;
    case "square": ctx.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6); ctx.fill(); return;
    case "ring": ctx.arc(x, y, r * 0.8, 0, 7); ctx.stroke(); return;
  }
  // A letter, in its own row at the top.
  ctx.font = `600 ${r * 2.2}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.fillText(shape, x, u.bbox.top + r * 0.6);
}

// shapeIcon returns an icon of a mark for the legend.
function shapeIcon(kind, colour) {
  const canvas = el("canvas", { width: 32, height: 32, class: "icon", "aria-hidden": "true" });
  const ctx = canvas.getContext("2d");
  ctx.lineWidth = 3;
  ctx.strokeStyle = ctx.fillStyle = colour(kind.colour);
  const y = { up: 6, down: 26 }[kind.shape] || 16;
  drawShape(ctx, kind.shape, 16, y, 10, { bbox: { top: -2 } });
  return canvas;
}
