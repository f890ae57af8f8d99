// The readout describes the segment under the cursor, or the pinned one.

const readout = { index: null, pinned: null };

// nearest returns the segment at the cursor: a mark within a few pixels or, if there is
// none, the closest in time.
function nearest(u, series, marks) {
  const { left, idx } = u.cursor;
  if (idx == null || left < 0) return null;
  let best = null, distance = 7;
  for (const kind of marks) {
    if (kind.hidden) continue;
    const m = firstAt(kind.times, u.posToVal(left, "x"));
    for (const at of [m - 1, m]) {
      if (at < 0 || at >= kind.at.length) continue;
      const d = Math.abs(u.valToPos(kind.times[at], "x") - left);
      if (d < distance) { distance = d; best = kind.at[at]; }
    }
  }
  return best ?? idx;
}

function showReadout(box, series, detail, index) {
  readout.index = index;
  if (index === null) return;
  const p = series.points, dir = p.dir[index], i = index;
  // SYN and FIN, the lowest two flags, take one sequence number each.
  const payload = p.length[i] - (p.flags[i] & 1) - (p.flags[i] >> 1 & 1);
  const set = (key, text) => { box.querySelector(`[data-value=${key}]`).textContent = text; };
  set("time", clock(p.time[i], 6) + (p.time[i] < 120 ? " s" : ""));
  set("wall", wallClock(state.begin, p.time[i]));
  set("frame", "frame.number == " + p.frame[i]);
  box.querySelector("[data-value=frame]").closest("button").dataset.copy = "frame.number == " + p.frame[i];
  set("who", (dir === 0 ? "client → server" : "server → client") + "  [" + flagNames(p.flags[i]) + "]" +
    (payload > 0 && p.seq[i] >= 0 ? `  ${group(payload)} ${payload === 1 ? "byte" : "bytes"} at ${group(p.seq[i])}` : ""));
  set("window", series.scaled ? bytes(series.window[i]) : isNaN(series.window[i]) ? "unknown" : group(series.window[i]) + " (not scaled)");
  set("flight", bytes(series.flight[i]));
  set("edge", series.edge[i] >= 0 ? group(series.edge[i]) : "unknown");
  set("ack", series.ack[i] >= 0 ? group(series.ack[i]) : "unknown");
  set("events", eventNames(p.events[i]).join(", ").replaceAll("-", " ") || "–");
  box.classList.toggle("pinned", readout.pinned !== null);
}

function makeReadout() {
  const item = (key, name) => el("div", { class: "item " + key }, el("dt", {}, name), el("dd", { "data-value": key }, "–"));
  return el("dl", { class: "readout", "aria-label": "Segment under the cursor" },
    item("time", "Time"),
    el("div", { class: "item frame" }, el("dt", {}, "Frame"), el("dd", {},
      el("button", { type: "button", class: "copy", title: "Copy as a Wireshark display filter (c)", "data-copy": "" }, el("code", { "data-value": "frame" }, "–")))),
    item("who", "Segment"), item("window", "Window in force"), item("flight", "In flight"),
    item("wall", "Time of day"), item("events", "Events"), item("edge", "Right edge"), item("ack", "ACK"));
}
