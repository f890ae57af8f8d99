// The proof: what was inferred, compared with the kernel.

function proofTable(kernel) {
  const words = { equal: "✓ equal", within: "✓ within", differs: "✗ differs", "": "not judged" };
  return el("section", { class: "proof", "aria-label": "Proof against the kernel" },
    el("h3", {}, "Proof: packets compared with the kernel"),
    kernel.withheld && el("p", { class: "notice" }, "Not judged: " + kernel.withheld + "."),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Proof table" }, el("table", {},
      el("thead", {}, el("tr", {}, ["", "Inferred", "Kernel", "Difference", "", "How"].map((h, i) => el("th", { scope: "col", class: i > 0 && i < 4 && "number" }, h)))),
      el("tbody", {}, (kernel.proof || []).map(r => el("tr", { class: r.mark || "unjudged" },
        el("th", { scope: "row" }, r.name), el("td", { class: "number" }, r.inferred), el("td", { class: "number" }, r.kernel),
        el("td", { class: "number" }, r.difference), el("td", { class: "mark" }, words[r.mark]),
        el("td", { class: "quiet" }, r.method + "; " + r.source)))))),
    kernel.accepted && el("p", { class: "quiet" }, kernel.accepted + "."));
}
