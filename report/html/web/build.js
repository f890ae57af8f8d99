// Builds the detail of a stream.

function build() {
  const box = document.getElementById("detail"), s = state.block;
  state.charts.forEach(c => c.destroy());
  state.charts = [];
  state.series = null;
  if (!s) {
    const r = state.head.rows.find(r => r.i === view.stream);
    box.replaceChildren(el("div", { class: "detail-head " + (r ? r.v : "") }, el("h2", {}, "Stream " + view.stream),
      r && el("p", { class: "sentence" }, r.t),
      el("p", { class: "notice" }, r ? `This page stays under 5 MB and has no charts of this stream. To get them: winwatch analyze --stream ${view.stream} -o report.html …`
        : "This page does not contain that stream.")));
    return;
  }
  const d = s.dirs[view.dir];
  state.stalls = d.stalls || [];
  box.replaceChildren(...[detailHead(s), timeByCause(s), el("div", { class: "bar" }, directionPicker(s), el("p", { class: "quiet" }, "Data from " + d.sender + ", window of " + d.receiver))].filter(Boolean));
  const kernel = state.kernel && state.head.kernel === s.id ? state.kernel : null;
  if (state.points) buildCharts(box, s, d, kernel && kernel.dir === view.dir && kernel.samples.n ? kernel.samples : null);
  else box.append(el("p", { class: "notice" }, "No segments of this stream were kept for charts."));
  box.append(stallList(s, d));
  box.append(el("div", { class: "columns" }, factList("This direction", d.facts || []), factList("The stream", s.facts || [])));
}

function buildCharts(box, s, d, kernel) {
  const series = state.series = seriesOf(state.points, view.dir, d.scaleKnown);
  state.marks = marksOf(state.points, view.dir);
  const charts = chartSpecs(series, d, kernel);
  const note = s.points < s.segments || s.left
    ? `The charts show ${group(s.points)} of ${group(s.segments)} segments, including every extreme and every kind of event at each moment.` : null;
  const panel = el("section", { class: "charts", "aria-label": "Charts" }, toolbar(), makeReadout());
  box.append(panel);
  [shown.from, shown.to] = view.from === null ? limits() : [view.from, view.to];
  for (const spec of charts) {
    const holder = el("div", { class: "chart", "data-chart": spec.key });
    panel.append(el("div", { class: "chart-head" }, el("h3", {}, spec.title), el("div", { class: "legend-slot", "data-for": spec.key })), holder);
    const u = makeChart(holder, spec, series);
    u.spec = spec;
    state.charts.push(u);
    pointer(u);
  }
  if (note) panel.append(el("p", { class: "quiet" }, note));
  buildLegends();
  zoomed(view.from, view.to);
  const longest = state.stalls.reduce((a, b) => b.duration > (a ? a.duration : 0) ? b : a, null);
  showReadout(document.querySelector(".readout"), series, s, Math.min(series.n - 1, longest ? firstAt(series.time, longest.begin / 1e9 - 5e-10) : 0));
}

function chartSpecs(series, d, kernel) {
  const t = series.time, zero = Float64Array.from(series.zero), shape = key => state.marks.filter(m => key.includes(m.key));
  const common = { view: shown, zero, zoomed, hovered, pin: () => readout.pinned === null ? null : t[readout.pinned] };
  const line = (key, label, values, colour, more) => ({ key, label, values, times: t, colour, ...more });
  const flight = line("flight", "In flight", series.flight, "--flight", { fill: true, width: 1.2 });
  const window = line("window", series.scaled ? "Advertised window" : "Window field, not scaled", series.window, "--window", { width: 2 });
  const first = { ...common, key: "window", title: series.scaled ? "Advertised window and data in flight" : "Window field (its scale was not captured) and data in flight",
    description: "Advertised window of " + d.receiver + " and data in flight over time", height: 270, fromZero: true, stalls: state.stalls,
    lines: [flight, window], marks: shape(["probe", "answer", "retransmission", "shrunk", "reset", "keepalive"]),
    value: (i, kind) => kind.key === "retransmission" ? series.flight[i] : kind.key === "reset" ? NaN : series.window[i] };
  const second = { ...common, key: "sequence", title: "Right edge, data and ACK", timeLabel: kernel ? null : "time since the capture began",
    description: "Sequence numbers over time: right edge, data and acknowledgments", height: 330,
    lines: [line("edge", "Right edge", series.edge, "--window", { width: 2 }), line("ack", "ACK", series.ack, "--ack", { width: 1.6, dash: [6, 3] }),
      line("data", "Data", series.high, "--data", { bars: true, low: series.low, width: 1.6 })],
    marks: shape(["probe", "answer", "retransmission", "full", "outoforder", "reset", "syn", "fin"]),
    value: (i, kind) => ({ answer: series.ack[i], reset: NaN, syn: NaN, fin: NaN })[kind.key] ?? (kind.by === "both" ? NaN : state.points.seq[i] >= 0 ? state.points.seq[i] + state.points.length[i] : series.ack[i]) };
  if (!kernel) return [first, second];
  const of = (key, label, values, colour, more) => ({ key, label, values, times: kernel.time, colour, ...more });
  first.lines.push(of("sndwnd", "Kernel: window seen by sender", kernel.window, "--kernel", { dash: [2, 3], width: 2 }),
    of("unread", "Kernel: unread bytes", kernel.unread, "--unread", { dash: [8, 4], width: 1.6 }));
  const third = { ...common, key: "kernel", title: "Kernel: both queues", description: "Unread bytes at the receiver and send queue of the sender, as the kernel counted them", height: 190, fromZero: true,
    timeLabel: "time since the capture began",
    lines: [of("queue", "Send queue", kernel.queue, "--data", { width: 1.8 }), of("unread", "Unread bytes", kernel.unread, "--unread", { dash: [8, 4], width: 1.6 })], marks: [], value: () => NaN };
  return [first, second, third];
}

function buildLegends() {
  for (const c of state.charts) {
    const slot = document.querySelector(`[data-for=${c.spec.key}]`);
    slot.replaceChildren(legend(c.spec.lines, c.spec.marks, () => zoomed(view.from, view.to)));
    if (c.spec.zero.length) slot.append(el("span", { class: "zero-key" }, el("span", { class: "swatch zero-swatch" }), "zero window"));
  }
}

function toolbar() {
  const button = (text, title, action) => el("button", { type: "button", title, "aria-label": title, onclick: action }, text);
  return el("div", { class: "toolbar", role: "toolbar", "aria-label": "Zoom" },
    button("◀", "Earlier (left arrow)", () => pan(-0.25)), button("▶", "Later (right arrow)", () => pan(0.25)),
    button("+", "Zoom in (+)", () => zoomBy(0.5)), button("−", "Zoom out (−)", () => zoomBy(2)), button("All", "Whole stream (0)", () => zoomed(null, null)),
    button("Next stall", "Zoom to the next stall (n)", () => nextStall(1)),
    el("span", { class: "span-shown", role: "status" }), button("Copy link", "Copy the link to this view", () => copy(location.href.split("#")[0] + viewHash())));
}

function showSpan() {
  const [first, last] = [state.points.time[0], state.points.time[state.points.n - 1]];
  const from = Math.max(shown.from, first), to = Math.min(shown.to, last);
  const decimals = Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(to - from || 1))));
  const box = document.querySelector(".span-shown");
  if (box) box.textContent = `${clock(from, decimals)} – ${clock(to, decimals)}${to < 120 ? " s" : ""} (${span(Math.round((to - from) * 1e9))})`;
}

function hovered(u) {
  if (readout.pinned !== null || !state.series) return;
  const index = nearest(u, state.series, u.spec ? u.spec.marks : []);
  if (index !== null) showReadout(document.querySelector(".readout"), state.series, state.block, index);
}

// pointer adds to uPlot's dragging: click to pin, Shift-drag to pan, Ctrl-wheel to zoom.
function pointer(u) {
  let from = null, pressed = null;
  u.over.addEventListener("mousedown", e => {
    pressed = e.clientX;
    if (!e.shiftKey || e.button) return;
    e.stopImmediatePropagation();
    from = { x: e.clientX, at: shown.from, width: shown.to - shown.from };
  }, true);
  u.over.addEventListener("mousemove", e => {
    if (!from || !(e.buttons & 1)) { from = null; return; }
    const at = from.at - (e.clientX - from.x) / u.over.clientWidth * from.width;
    zoomed(at, at + from.width);
  });
  u.over.addEventListener("click", e => {
    if (e.shiftKey || pressed === null || Math.abs(e.clientX - pressed) > 3) return;
    const index = nearest(u, state.series, u.spec.marks);
    pin(readout.pinned === index ? null : index);
  });
  u.over.addEventListener("wheel", e => {
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      zoomBy(Math.exp(e.deltaY / 300), (e.clientX - u.over.getBoundingClientRect().left) / u.over.clientWidth);
    } else if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      pan(e.deltaX / u.over.clientWidth);
    }
  }, { passive: false });
}
