// The selected stream: verdict, time budget, charts, stalls and probes, facts.

const BUDGET = [
  ["zero", "Zero window", "the window was 0 and the sender had data"],
  ["small", "Small window", "the window was open, but smaller than the next segment"],
  ["full", "Window full", "the sender had filled the window and waited for an ACK"],
  ["network", "Network", "data was on its way, or loss was being repaired"],
  ["idle", "Sender idle", "the sender had nothing to send"],
  ["unjudged", "Unjudged", "the capture has a gap here or lacks one side"],
];

function detailHead(s) {
  const v = s.verdict;
  return el("div", { class: "detail-head " + v.severity },
    el("h2", {}, el("span", { class: "glyph", "aria-hidden": "true" }), "Stream " + s.id, el("span", { class: "ends" }, s.client + " → " + s.server)),
    v.sentence && v.sentence !== document.querySelector("h1").textContent && el("p", { class: "sentence" }, v.sentence),
    (s.warnings || []).length > 0 && el("ul", { class: "warnings" }, s.warnings.map(w => el("li", {}, w))));
}

function directionPicker(s) {
  return el("div", { class: "segmented", role: "radiogroup", "aria-label": "Direction of the data" }, [0, 1].map(d =>
    el("button", { type: "button", role: "radio", "aria-checked": String(view.dir === d), title: s.dirs[d].sender + " → " + s.dirs[d].receiver + " (d)", onclick: () => setDirection(d) },
      ["Client → server", "Server → client"][d])));
}

function budgetBar(d) {
  const total = Object.values(d.budget).reduce((a, b) => a + b, 0);
  if (!total) return null;
  const share = ns => (100 * ns / total).toFixed(ns / total < 0.1 ? 1 : 0) + "%";
  const parts = BUDGET.map(([key, name, why]) => ({ key, name, why, ns: d.budget[key] })).filter(p => p.ns > 0);
  const bar = el("div", { class: "budget", role: "img", "aria-label": "Time budget: " + parts.map(p => p.name + " " + share(p.ns)).join(", ") },
    parts.map(p => {
      const e = el("span", { class: "part " + p.key, title: `${p.name}: ${span(p.ns)}, ${share(p.ns)} (${p.why})` });
      e.style.flexGrow = p.ns / total;
      return e;
    }));
  return el("section", { class: "budget-box", "aria-label": "Time budget" }, el("h3", {}, "Where the time went"), bar,
    el("ul", { class: "budget-key" }, parts.map(p => el("li", { title: p.why }, el("span", { class: "swatch part " + p.key }), el("strong", {}, p.name), " " + share(p.ns), el("span", { class: "quiet" }, span(p.ns))))));
}

function stallList(s, d) {
  const stalls = d.stalls || [];
  const box = el("section", { class: "stalls", "aria-label": "Stalls and probes" }, el("h3", {}, "Stalls and probes",
    d.stallCount > stalls.length && el("span", { class: "quiet" }, ` the ${stalls.length} longest of ${group(d.stallCount)}`)));
  if (!stalls.length) {
    box.append(el("p", { class: "quiet" }, "The receiver's window never kept the sender from sending."));
    return box;
  }
  const head = ["#", "Began", "Lasted", "Unread", "Probes", "Ended by", "Frames"];
  box.append(el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Stalls" }, el("table", {},
    el("thead", {}, el("tr", {}, head.map((h, i) => el("th", { scope: "col", class: i === 0 || i === 1 || i === 2 || i === 4 ? "number" : null }, h)))),
    el("tbody", {}, stalls.map((stall, i) => stallRows(stall, i)).flat()))));
  return box;
}

function stallRows(stall, i) {
  const probes = stall.probes || [], id = "probes-" + i;
  const more = el("tr", { id, hidden: true, class: "probes" }, el("td", { colspan: 7 }, el("ol", {}, probes.map(probeItem)),
    stall.probeCount > probes.length && el("p", { class: "quiet" }, `${probes.length} of ${group(stall.probeCount)} probes are listed.`)));
  const toggle = probes.length > 0 && el("button", { type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": id, onclick: e => {
    more.hidden = !more.hidden;
    e.currentTarget.setAttribute("aria-expanded", String(!more.hidden));
  } }, group(stall.probeCount));
  const frames = [stall.beginFrame, stall.endFrame].filter(Boolean);
  const filter = frames.length === 1 ? "frame.number == " + frames[0] : `frame.number in {${frames.join(", ")}}`;
  return [el("tr", { "data-stall": i, title: stall.blame },
    el("td", { class: "number" }, String(i + 1)),
    el("td", { class: "number" }, el("button", { type: "button", class: "link", title: "Zoom to this stall", onclick: () => zoomTo(stall) },
      (stall.before ? "before " : "") + clock(stall.begin / 1e9, 3) + (stall.begin < 120e9 ? " s" : ""))),
    el("td", { class: "number" }, (stall.endedBy === "capture-ended" ? "≥ " : "") + span(stall.duration)),
    el("td", { title: stall.unreadHow }, stall.unread),
    el("td", { class: "number" }, toggle || (stall.probeCount ? group(stall.probeCount) : "–"), stall.backoff ? el("span", { class: "quiet" }, " ×" + trimZeros(stall.backoff.toFixed(2))) : null),
    el("td", {}, stall.endedBy.replaceAll("-", " "), stall.released != null && el("span", { class: "quiet" }, ` released ${bytes(stall.released)}`)),
    el("td", {}, frames.length > 0 && el("button", { type: "button", class: "copy", "data-copy": filter, title: "Copy as a Wireshark display filter" }, el("code", {}, frames.join(" – "))))), more];
}

function probeItem(p) {
  return el("li", {}, el("button", { type: "button", class: "link", title: "Zoom to this probe", onclick: () => zoomAround(p.time / 1e9, p.frame) }, clock(p.time / 1e9, 3)),
    ` after ${span(p.gap)}: ${p.form.replaceAll("-", " ")}${p.len ? `, ${group(p.len)} bytes` : ""}; `,
    p.answer ? `answered in ${span(p.took)}` : `no answer${p.silence ? " (" + p.silence.replaceAll("-", " ") + ")" : ""}`,
    " ", el("button", { type: "button", class: "copy", "data-copy": "frame.number == " + p.frame }, el("code", {}, "frame " + p.frame)));
}

function factList(title, facts) {
  return el("section", { class: "facts" }, el("h3", {}, title), el("dl", {}, facts.map(f =>
    el("div", {}, el("dt", {}, f.name), el("dd", {}, f.value, f.how && el("span", { class: "how" }, f.how))))));
}

// legend explains lines and marks; clicking an entry hides or shows it.
function legend(lines, marks, changed) {
  const button = (item, icon) => el("button", { type: "button", "aria-pressed": String(!item.hidden), title: "Show or hide", onclick: e => {
    item.hidden = !item.hidden;
    e.currentTarget.setAttribute("aria-pressed", String(!item.hidden));
    changed();
  } }, icon, item.label, item.at ? el("span", { class: "quiet" }, " " + group(item.at.length)) : null);
  return el("div", { class: "legend", role: "group", "aria-label": "Legend" },
    lines.map(l => button(l, lineIcon(l))), marks.map(m => button(m, shapeIcon(m, css))));
}

function lineIcon(line) {
  const canvas = el("canvas", { width: 44, height: 32, class: "icon wide", "aria-hidden": "true" }), ctx = canvas.getContext("2d");
  ctx.strokeStyle = ctx.fillStyle = css(line.colour);
  ctx.lineWidth = (line.width || 1.5) * 2;
  ctx.setLineDash((line.dash || []).map(v => v * 1.6));
  ctx.beginPath();
  if (line.bars) for (const [x, a, b] of [[6, 30, 18], [16, 24, 12], [26, 18, 6], [36, 12, 2]]) { ctx.moveTo(x, a); ctx.lineTo(x, b); }
  else { ctx.moveTo(2, 22); ctx.lineTo(22, 22); ctx.lineTo(22, 8); ctx.lineTo(42, 8); }
  ctx.stroke();
  if (line.fill) { ctx.globalAlpha = 0.28; ctx.fillRect(2, 22, 20, 10); ctx.fillRect(22, 8, 20, 24); }
  return canvas;
}
