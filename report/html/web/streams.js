// The list of streams: of thousands of rows only the visible ones exist.

const COLUMNS = [
  { key: "i", name: "#", title: "Number of the stream, as Wireshark's tcp.stream", number: true, show: r => String(r.i) },
  { key: "v", name: "Verdict", rank: r => state.head.severities.indexOf(r.v), show: r => r.v[0].toUpperCase() + r.v.slice(1), glyph: true },
  { key: "k", name: "Cause", show: r => r.k },
  { key: "c", name: "Client", show: r => r.c },
  { key: "s", name: "Server", show: r => r.s },
  { key: "w", name: "Lost", title: "Time lost to the cause", number: true, show: r => r.w ? span(r.w) : "–" },
  { key: "n", name: "Stalls", number: true, show: r => r.n ? group(r.n) : "–" },
  { key: "p", name: "Probes", number: true, show: r => r.p ? group(r.p) : "–" },
  { key: "r", name: "Resent", title: "Retransmissions", number: true, show: r => r.r ? group(r.r) : "–" },
  { key: "b", name: "Payload", number: true, show: r => bytes(r.b) },
  { key: "f", name: "Begins", title: "Since the capture began", number: true, show: r => clock(r.f / 1e9, 3) + (r.f < 120e9 ? " s" : "") },
  { key: "d", name: "Lasts", number: true, rank: r => r.e - r.f, show: r => span(r.e - r.f) },
];
const ROW = 30;

const list = { rows: [], order: null, descending: true, box: null, body: null, drawn: "" };

function makeList(box) {
  list.box = box;
  const head = el("tr", {}, COLUMNS.map(c => el("th", { scope: "col", class: c.number && "number", "aria-sort": "none", "data-key": c.key },
    el("button", { type: "button", title: c.title, onclick: () => sortBy(c) }, c.name, el("span", { class: "arrow", "aria-hidden": "true" })))));
  list.body = el("tbody", {});
  box.append(el("table", { "aria-rowcount": state.head.rows.length + 1 }, el("thead", {}, head), list.body));
  box.addEventListener("scroll", drawRows);
  new ResizeObserver(drawRows).observe(box);
  filterRows("");
}

function sortBy(column) {
  if (list.order === column) list.descending = !list.descending;
  else { list.order = column; list.descending = !!column.number || column.glyph; }
  for (const th of list.box.querySelectorAll("th")) {
    th.setAttribute("aria-sort", th.dataset.key !== column.key ? "none" : list.descending ? "descending" : "ascending");
  }
  applyOrder();
}

function applyOrder() {
  const c = list.order;
  if (c) {
    const rank = c.rank || (r => r[c.key]), sign = list.descending ? -1 : 1;
    list.rows.sort((a, b) => {
      const x = rank(a), y = rank(b);
      return sign * (typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y) || a.at - b.at;
    });
  }
  list.drawn = "";
  drawRows();
}

// filterRows shows the rows that contain every word of the text.
function filterRows(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  list.rows = state.head.rows.filter(r => words.every(w => r.text.includes(w)));
  document.getElementById("streams-count").textContent = list.rows.length === state.head.rows.length
    ? group(list.rows.length) + (list.rows.length === 1 ? " stream" : " streams") : group(list.rows.length) + " of " + group(state.head.rows.length);
  list.box.scrollTop = 0;
  applyOrder();
}

function drawRows() {
  const all = matchMedia("print").matches;
  const first = all ? 0 : Math.max(0, Math.floor(list.box.scrollTop / ROW) - 8);
  const last = Math.min(list.rows.length, all ? 40 : first + Math.ceil(list.box.clientHeight / ROW) + 16);
  const drawn = first + "-" + last + "/" + list.rows.length + "@" + view.stream;
  if (list.drawn === drawn) return;
  list.drawn = drawn;
  const spacer = n => el("tr", { "aria-hidden": "true", class: "spacer" }, el("td", { colspan: COLUMNS.length }));
  const rows = list.rows.slice(first, last).map((r, k) => row(r, first + k));
  const above = spacer(), below = spacer();
  above.firstChild.style.height = first * ROW + "px";
  below.firstChild.style.height = (list.rows.length - last) * ROW + "px";
  list.body.replaceChildren(above, ...rows, below);
  if (!list.rows.length) list.body.append(el("tr", {}, el("td", { colspan: COLUMNS.length, class: "empty" }, "No stream matches the filter.")));
}

function row(r, at) {
  const selected = r.i === view.stream;
  return el("tr", {
    class: r.v + (selected ? " selected" : ""), "aria-rowindex": at + 2, "aria-selected": String(selected), title: r.t,
    "data-stream": r.i, onclick: () => select(r.i),
  }, COLUMNS.map(c => el("td", { class: [c.number && "number", c.glyph && "verdict"].filter(Boolean).join(" ") },
    c.glyph && el("span", { class: "glyph", "aria-hidden": "true" }), c.key === "i" ? el("a", { href: "#stream=" + r.i, tabindex: selected ? 0 : -1 }, c.show(r)) : c.show(r))));
}

// reveal scrolls the list to the selected stream.
function reveal() {
  const at = list.rows.findIndex(r => r.i === view.stream);
  if (at >= 0) {
    const top = at * ROW, header = 34, { scrollTop, clientHeight } = list.box;
    if (top < scrollTop) list.box.scrollTop = top;
    else if (top + ROW + header > scrollTop + clientHeight) list.box.scrollTop = top + ROW + header - clientHeight;
  }
  drawRows();
}

// neighbour returns the stream step rows further down the list.
function neighbour(step) {
  const at = list.rows.findIndex(r => r.i === view.stream);
  const next = list.rows[at < 0 ? 0 : Math.max(0, Math.min(list.rows.length - 1, at + step))];
  return next ? next.i : null;
}
