// How much of something is taken: a bar, the words beside it, and a colour that warns before it is full.

import { share } from "./amounts.js";
import { el, setAttribute, setText } from "./dom.js";
import { svg } from "./svg.js";

const WARN = 80;
const FULL = 95;

/** A labelled bar; `show({ part, all, words })` brings it up to date. `mayBeFull`: what is taken whole by design is no news. */
export function meter(label, { mayBeFull = false } = {}) {
  const filled = svg("rect", { class: "meter__filled", width: 0, height: 8 });
  const bar = svg(
    "svg",
    { class: "meter__bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "meter__ground", width: 100, height: 8 }),
    filled,
  );
  const text = el("span", { class: "meter__words tabular" });
  const node = el("div", { class: "meter" }, el("p", { class: "meter__line" }, el("span", { class: "meter__label" }, label), text), bar);
  node.setAttribute("role", "meter");
  node.setAttribute("aria-label", label);
  node.setAttribute("aria-valuemin", "0");
  node.setAttribute("aria-valuemax", "100");
  return { node, show };

  function show({ part, all, words }) {
    const percent = share(part, all);
    setText(text, words);
    setAttribute(filled, "width", percent.toFixed(1));
    setAttribute(node, "aria-valuenow", Math.round(percent));
    setAttribute(node, "aria-valuetext", words);
    setAttribute(node, "data-level", mayBeFull ? "fine" : percent >= FULL ? "full" : percent >= WARN ? "high" : "fine");
  }
}
