// Keyboard, theme, copying.

function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || document.getElementById("help").open) return;
  if (e.target.closest("input, textarea, select")) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  const action = {
    j: () => go(1), k: () => go(-1), ArrowLeft: () => pan(-0.25), ArrowRight: () => pan(0.25),
    "+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2), 0: () => zoomed(null, null),
    n: () => nextStall(1), p: () => nextStall(-1), ",": () => movePin(-1), ".": () => movePin(1),
    c: () => readout.index !== null && copy("frame.number == " + state.series.points.frame[readout.index]),
    d: () => setDirection(1 - view.dir), "/": () => document.getElementById("filter").focus(), "?": openHelp,
    Escape: () => pin(null),
  }[e.key] || (e.target.closest("#table") && { ArrowDown: () => go(1), ArrowUp: () => go(-1) }[e.key]);
  if (!action) return;
  e.preventDefault();
  action();
}

function go(step) {
  const id = neighbour(step);
  if (id !== null && id !== view.stream) select(id);
}

const openHelp = () => document.getElementById("help").showModal();

async function copy(text) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "sr" });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
  }
  toast(done ? "Copied: " + text : "Could not copy: " + text);
}

let toastTimer = 0;

function toast(text) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.classList.add("on");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove("on"), 2500);
}

const THEMES = ["auto", "light", "dark"];

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  document.getElementById("theme-name").textContent = name[0].toUpperCase() + name.slice(1);
  document.getElementById("theme").setAttribute("aria-label", "Colours: " + (name === "auto" ? "like the system" : name));
  repaint();
}

function nextTheme() {
  setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || "auto") + 1) % THEMES.length]);
}

// watchPrint prints everything in light colours at the width of paper.
function watchPrint() {
  let before = "auto";
  addEventListener("beforeprint", () => { before = document.documentElement.dataset.theme || "auto"; setTheme("light"); resize(1000); drawRows(); });
  addEventListener("afterprint", () => { setTheme(before); resize(); drawRows(); });
}
