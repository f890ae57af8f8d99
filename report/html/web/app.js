// The page: state, selecting a stream, zooming and panning.

const state = { head: null, begin: null, block: null, points: null, series: null, kernel: null, marks: [], charts: [], stalls: [] };

// shown is the span of time in the charts: the whole stream if view.from is null.
const shown = { from: 0, to: 1 };

async function start() {
  const packed = await unpackBlock("head");
  state.head = packed.head;
  state.begin = { ms: state.head.begin, ns: state.head.beginNs };
  state.head.rows = state.head.rows || [];
  state.head.rows.forEach((r, at) => { r.at = at; r.text = `${r.i} ${r.c} ${r.s} ${r.v} ${r.k} ${r.t}`.toLowerCase(); });
  if (state.head.kernel >= 0) {
    const kernel = await unpackBlock("kernel");
    state.kernel = { ...kernel.head, samples: unpackKernel(kernel.head, kernel.read) };
  }
  makeList(document.getElementById("table"));
  listen();
  await followHash();
}

function listen() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", e => {
    const button = e.target.closest("[data-copy]");
    if (button) copy(button.dataset.copy);
    if (e.target.closest(".basis a, .evidence a")) document.getElementById("detail").scrollIntoView();
  });
  document.getElementById("filter").addEventListener("input", e => filterRows(e.target.value));
  document.getElementById("theme").addEventListener("click", nextTheme);
  document.getElementById("help-open").addEventListener("click", openHelp);
  document.getElementById("help-close").addEventListener("click", () => document.getElementById("help").close());
  addEventListener("hashchange", followHash);
  addEventListener("resize", () => resize());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  watchPrint();
}

async function followHash() {
  const wanted = viewFromHash(), first = state.head.rows[0];
  if (wanted.stream === null) wanted.stream = view.stream ?? (first ? first.i : null);
  if (wanted.stream === null) return;
  if (wanted.stream !== view.stream) await select(wanted.stream, wanted);
  else {
    if (wanted.dir !== null && wanted.dir !== view.dir) setDirection(wanted.dir);
    zoomed(wanted.from, wanted.to);
  }
}

let loading = 0;

// select shows a stream; wanted may give direction and span.
async function select(id, wanted = {}) {
  const turn = ++loading;
  view.stream = id;
  reveal();
  const block = await unpackBlock("s" + id);
  if (turn !== loading) return;
  state.block = block && block.head;
  state.points = block && block.head.points > 1 ? unpackPoints(block.head, block.read) : null;
  view.dir = wanted.dir ?? (block ? block.head.dir : 0);
  view.from = wanted.from ?? null;
  view.to = wanted.to ?? null;
  readout.pinned = readout.index = null;
  build();
  showInHash();
}

function setDirection(dir) {
  if (!state.block || dir === view.dir) return;
  view.dir = dir;
  build();
  showInHash();
}

// limits returns the span of time of the stream's points, with a margin.
function limits() {
  const t = state.points.time, from = t[0], to = t[t.length - 1], edge = Math.max((to - from) * 0.01, 1e-6);
  return [from - edge, to + edge];
}

// zoomed shows a span of time in all charts; null means the whole stream.
function zoomed(from, to) {
  if (!state.points) return;
  const [first, last] = limits();
  if (from !== null && to !== null && to > from) {
    const width = Math.min(Math.max(to - from, 2e-9), last - first);
    from = Math.max(first, Math.min(from, last - width));
    to = from + width;
    if (width >= last - first) from = to = null;
  } else from = to = null;
  view.from = from;
  view.to = to;
  [shown.from, shown.to] = from === null ? [first, last] : [from, to];
  for (const c of state.charts) c.setScale("x", { min: shown.from, max: shown.to });
  showSpan();
  showInHash();
}

function zoomBy(factor, at = 0.5) {
  const width = (shown.to - shown.from) * factor, centre = shown.from + (shown.to - shown.from) * at;
  zoomed(centre - width * at, centre + width * (1 - at));
}

function pan(share) {
  const step = (shown.to - shown.from) * share;
  zoomed(shown.from + step, shown.to + step);
}

function zoomTo(stall) {
  const space = Math.max((stall.end - stall.begin) * 0.08, 1e5);
  zoomed((stall.begin - space) / 1e9, (stall.end + space) / 1e9);
  document.querySelector(".charts").scrollIntoView({ block: "nearest" });
}

function zoomAround(time, frame) {
  const width = Math.min((shown.to - shown.from) / 4, 1);
  zoomed(time - width / 2, time + width / 2);
  const at = firstAt(state.points.time, time - 5e-10);
  for (let i = at; i < state.points.n && i < at + 100; i++) if (state.points.frame[i] === frame) { pin(i); break; }
}

function nextStall(step) {
  const stalls = state.stalls, centre = (shown.from + shown.to) / 2 * 1e9;
  if (!stalls.length) return;
  const now = view.from === null ? -1 : stalls.findIndex(s => s.begin <= centre && centre <= s.end);
  const next = now >= 0 ? now + step : step > 0 ? Math.max(0, stalls.findIndex(s => s.begin > centre)) : stalls.length - 1;
  zoomTo(stalls[Math.max(0, Math.min(stalls.length - 1, view.from === null && step > 0 ? 0 : next))]);
}

// pin keeps the readout on a segment.
function pin(index) {
  readout.pinned = index;
  if (index !== null) showReadout(document.querySelector(".readout"), state.series, state.block, index);
  const box = document.querySelector(".readout");
  if (box) box.classList.toggle("pinned", index !== null);
  for (const c of state.charts) c.redraw(false);
}

function movePin(step) {
  if (!state.series || readout.index === null) return;
  const index = Math.max(0, Math.min(state.series.n - 1, readout.index + step)), t = state.series.time[index];
  pin(index);
  if (t < shown.from || t > shown.to) zoomed(t - (shown.to - shown.from) / 2, t + (shown.to - shown.from) / 2);
}

function repaint() {
  if (state.series) buildLegends();
  for (const c of state.charts) c.redraw(false, true);
}

function resize(width) {
  for (const c of state.charts) c.setSize({ width: width || c.root.parentElement.clientWidth, height: c.height });
}

start().then(() => document.documentElement.dataset.ready = "1", error => {
  document.getElementById("detail").append(el("p", { class: "notice" }, "Could not unpack this page: " + error.message + ". It needs a browser from 2023 or later."));
});
