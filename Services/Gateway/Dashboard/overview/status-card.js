// Stores by status: one bar whose parts are the states, and beside it the numbers, each a way to its stores.

import { number } from "../page/amounts.js";
import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { listHash } from "../page/router.js";
import { svg } from "../page/svg.js";
import { STATUS } from "../platform/store-status.js";
import { overviewCard } from "./card.js";

// What one wants to see first stands first.
const ORDER = ["READY", "PROVISIONING", "PENDING", "DELETING", "FAILED"];

export function statusCard() {
  const chart = el("div", { class: "status-chart" });
  const legend = el("ul", { class: "status-legend" });
  let shown = "";
  return { node: overviewCard({ name: "status", title: "Stores by status", body: [chart, legend] }), show };

  function show({ stores, degraded }) {
    const key = JSON.stringify([stores, degraded]);
    if (key === shown) return;
    shown = key;
    const parts = ORDER.map((status) => ({ status, count: stores[status] ?? 0 }));
    fill(chart, bar(parts));
    fill(
      legend,
      ...parts.map(({ status, count }) => entry({ status, words: STATUS[status].word, symbol: STATUS[status].symbol, count, hash: listHash("stores", { status }) })),
      entry({ status: "DEGRADED", words: "Degraded", symbol: "alert", count: degraded, hash: listHash("stores", { degraded: "true" }), note: "of the ready ones" }),
    );
  }
}

function bar(parts) {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  let x = 0;
  const said = parts.filter(({ count }) => count > 0).map(({ status, count }) => `${count} ${STATUS[status].word.toLowerCase()}`);
  return svg(
    "svg",
    { class: "status-bar", viewBox: "0 0 1000 16", preserveAspectRatio: "none", role: "img", "aria-label": `Stores by status: ${said.join(", ") || "none"}` },
    svg("rect", { class: "status-bar__ground", width: 1000, height: 16 }),
    parts.map(({ status, count }) => {
      if (count === 0) return null;
      const width = (1000 * count) / total;
      const part = svg("rect", { class: "status-bar__part", "data-status": status, x: x.toFixed(2), width: width.toFixed(2), height: 16 });
      x += width;
      return part;
    }),
  );
}

function entry({ status, words, symbol, count, hash, note }) {
  return el(
    "li",
    {},
    el(
      "a",
      { class: "status-legend__link", href: hash, "data-status": status, "data-none": count === 0 },
      el("span", { class: "status-legend__mark" }, icon(symbol)),
      el("span", { class: "status-legend__words" }, words, note && el("span", { class: "visually-hidden" }, ` ${note}`)),
      el("span", { class: "status-legend__count tabular" }, number(count)),
    ),
  );
}
