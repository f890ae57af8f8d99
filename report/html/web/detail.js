// The selected stream: verdict, time by cause, charts, stalls and probes, facts.

// PARTS are the looks of the causes in the bar, the longest wait first; REST are those of
// time in which nobody was kept waiting.
const PARTS = 6, REST = { ok: "fine", "sender-idle": "idle", "cannot-tell": "unjudged" };

function detailHead(s) {
  const v = s.verdict, told = String(s.id) === document.querySelector(".headline").dataset.told;
  return el("div", { class: "detail-head " + v.severity },
    el("h2", {}, el("span", { class: "glyph", "aria-hidden": "true" }), "Stream " + s.id, el("span", { class: "ends" }, s.client + " → " + s.server)),
    !told && v.sentence && el("p", { class: "sentence" }, v.sentence),
    !told && reasons(v),
    (s.warnings || []).length > 0 && el("ul", { class: "warnings" }, s.warnings.map(w => el("li", {}, w))));
}

// reasons tells who made the sender wait, the facts that show it, and what to do.
function reasons(v) {
  const copied = (text, shown, title) => el("button", { type: "button", class: "copy", "data-copy": text, title }, el("code", {}, shown));
  const sure = v.confidence && v.confidence + " confidence" + (v.because ? ": " + v.because : "");
  const facts = (v.evidence || []).map(e => el("li", {},
    e.frame && copied("frame.number == " + e.frame, "frame " + e.frame, "Copy as a Wireshark display filter"), " ",
    e.clock && el("button", { type: "button", class: "link", title: "Show this moment in the charts", onclick: () => state.points && zoomAround(e.at / 1e9, e.frame) }, e.clock), " ", e.text));
  const excluded = (v.excluded || []).map(text => el("li", { class: "excluded" }, text));
  const advice = (lead, text) => text && el("p", { class: "next" }, el("strong", {}, lead), " ", text);
  return [el("p", { class: "basis" }, [v.who, sure].filter(Boolean).join(" · ")),
    facts.length + excluded.length > 0 && el("ul", { class: "evidence", "aria-label": "Evidence" }, facts, excluded),
    advice("Cure:", v.cure), advice("To be sure:", v.settle),
    v.command && el("p", { class: "next" }, v.host ? "Next, on " : "Next:", v.host && el("strong", {}, v.host), v.host ? ": " : " ", copied(v.command, v.command, "Copy"))].flat();
}

function directionPicker(s) {
  return el("div", { class: "segmented", role: "radiogroup", "aria-label": "Direction of the data" }, [0, 1].map(d =>
    el("button", { type: "button", role: "radio", "aria-checked": String(view.dir === d), title: s.dirs[d].sender + " → " + s.dirs[d].receiver + " (d)", onclick: () => setDirection(d) },
      ["Client → server", "Server → client"][d])));
}

// timeByCause shows which causes explain the time of the stream, waits first.
function timeByCause(s) {
  const causes = s.causes || [];
  if (!causes.length) return null;
  const share = c => (c.tenths / 10).toFixed(1) + "%", waits = causes.filter(c => !REST[c.code]);
  const parts = [...waits.map((c, i) => ({ ...c, look: "wait" + Math.min(i, PARTS - 1) })), ...causes.filter(c => REST[c.code]).map(c => ({ ...c, look: REST[c.code] }))];
  const bar = el("div", { class: "budget", role: "img", "aria-label": "Time by cause: " + parts.map(c => c.code + " " + share(c)).join(", ") },
    parts.map(c => {
      const e = el("span", { class: "part " + c.look, title: `${c.code}: ${span(c.wait)}, ${share(c)}` });
      e.style.flexGrow = c.tenths / 1000;
      return e;
    }));
  return el("section", { class: "causes", "aria-label": "Time by cause" }, el("h3", {}, "Where the time went"), bar,
    el("ul", { class: "budget-key" }, parts.map(c => el("li", {}, el("span", { class: "swatch part " + c.look }), el("strong", {}, c.code), " " + share(c),
      el("span", { class: "quiet" }, [span(c.wait), c.party, c.from && "data from " + c.from, c.sentence].filter(Boolean).join(" · "))))),
    (s.fell || []).length > 0 && el("details", {}, el("summary", {}, `Causes that fell: ${s.fell.length}`),
      el("ul", {}, s.fell.map(f => el("li", {}, el("strong", {}, f.code), f.from && ` (data from ${f.from})`, ": " + f.why)))));
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
