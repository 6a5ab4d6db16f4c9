// What went wrong, the most frequent first, each with the store that had it last.

import { number, share } from "../page/amounts.js";
import { el, fill } from "../page/dom.js";
import { storeHash } from "../page/router.js";
import { svg } from "../page/svg.js";
import { ageElement } from "../page/time.js";
import { overviewCard } from "./card.js";

export function failuresCard() {
  const list = el("ul", { class: "failures" });
  let shown = null;
  return { node: overviewCard({ name: "failures", title: "Failures", body: list }), show };

  function show({ failures }) {
    const key = JSON.stringify(failures);
    if (key === shown) return;
    shown = key;
    const sorted = [...failures].sort((a, b) => b.count - a.count);
    const most = sorted[0]?.count ?? 0;
    fill(list, ...sorted.map((failure) => entry(failure, most)));
    if (sorted.length === 0) fill(list, el("li", { class: "muted" }, "None. Every store that was asked for came up."));
  }
}

function entry({ code, count, lastAt, storeId }, most) {
  return el(
    "li",
    { class: "failures__item" },
    el("p", { class: "failures__line" }, el("code", {}, code), el("span", { class: "tabular" }, number(count), el("span", { class: "visually-hidden" }, " times"))),
    svg("svg", { class: "failures__bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "failures__ground", width: 100, height: 6 }), svg("rect", { class: "failures__filled", width: share(count, most).toFixed(1), height: 6 })),
    el("p", { class: "hint failures__line" }, el("span", {}, "Last ", ageElement(lastAt)), storeId && el("a", { class: "link", href: storeHash(storeId), "aria-label": `The store that last had ${code}` }, "Store")),
  );
}
