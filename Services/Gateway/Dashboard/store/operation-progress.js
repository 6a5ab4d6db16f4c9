// How far the work on a store is: a bar, per cent, what is being done and how long it will still take.

import { el, fill, setText } from "../page/dom.js";
import { isUnderWay } from "../platform/operation-book.js";
import { stepSentence } from "./provision-steps.js";
import { leftElement } from "../page/time.js";

const WORDS = { delete: "Deletion", rotate: "Rotation of the passwords" };

/** The bar and its words; `show(store, operation)` brings it up to date. Hidden while nothing is under way. */
export function operationProgress({ isSmall = false } = {}) {
  const bar = el("progress", { class: "bar", max: 100, value: 0 });
  const percent = el("span", { class: "progress__percent tabular" });
  const left = el("span", { class: "progress__left tabular" });
  const words = el("span", { class: "progress__words" });
  const node = el("div", { class: `progress ${isSmall ? "progress--small" : ""}`, hidden: true }, el("p", { class: "progress__line" }, words, left), bar, percent);
  let shown = "";
  return { node, show };

  function show(store, operation) {
    const underWay = isUnderWay(operation);
    node.hidden = !underWay;
    if (!underWay) return;
    setText(words, stepSentence(store, operation));
    bar.setAttribute("aria-label", `${WORDS[operation.kind] ?? "Provisioning"} of ${store.name}`);
    advance(bar, percent, operation);
    const key = `${operation.id} ${operation.endsAt}`;
    if (key === shown) return;
    shown = key;
    fill(left, operation.endsAt !== null && operation.status === "running" && leftElement(operation.endsAt));
  }
}

function advance(bar, percent, operation) {
  // Another operation begins at nothing; within one nothing goes back.
  const before = bar.dataset.operation === operation.id ? bar.value : 0;
  bar.dataset.operation = operation.id;
  bar.value = Math.max(before, operation.progress);
  setText(percent, `${Math.round(bar.value)} %`);
}
