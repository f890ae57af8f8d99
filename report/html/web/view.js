// The view: stream, direction and span of time. It is part of the address, so that links
// lead back to it.

const view = { stream: null, dir: null, from: null, to: null };

function viewFromHash() {
  const q = new URLSearchParams(location.hash.slice(1)), number = name => {
    const v = parseFloat(q.get(name));
    return isFinite(v) ? v : null;
  };
  const dir = { c2s: 0, s2c: 1 }[q.get("data")];
  return { stream: number("stream"), dir: dir === undefined ? null : dir, from: number("from"), to: number("to") };
}

let hashTimer = 0;

// showInHash writes the view into the address once it stops changing.
function showInHash() {
  clearTimeout(hashTimer);
  hashTimer = setTimeout(() => {
    const hash = viewHash();
    if (location.hash === hash) return;
    try { history.replaceState(null, "", hash); } catch { location.replace(hash); }
  }, 120);
}

function viewHash() {
  let hash = "#stream=" + view.stream;
  if (view.dir !== null) hash += "&data=" + ["c2s", "s2c"][view.dir];
  if (view.from !== null) hash += `&from=${+view.from.toFixed(9)}&to=${+view.to.toFixed(9)}`;
  return hash;
}
