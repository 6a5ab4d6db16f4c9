// What a view shows when there is nothing to show yet, nothing at all, or a reason why not.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** A quiet panel with an icon, a heading, a sentence and what can be done. */
export function statePanel({ symbol, title, text, actions = [], alert = false }) {
  return el(
    "div",
    { class: "state", role: alert ? "alert" : null },
    el("span", { class: "state__symbol" }, icon(symbol)),
    el("h2", { class: "state__title" }, title),
    el("p", { class: "muted state__text" }, text),
    actions.length > 0 && el("div", { class: "state__actions" }, actions),
  );
}

/** Grey rows of the size of what is coming, so that nothing moves when it comes. */
export function skeletonRows(count) {
  return el(
    "div",
    { class: "skeleton", "aria-hidden": "true" },
    Array.from({ length: count }, () => el("div", { class: "skeleton__row" })),
  );
}

/** A box that says what went wrong with a thing the reader has just asked for. */
export function problemBox(failure) {
  return el(
    "div",
    { class: "problem", role: "alert" },
    icon("alert"),
    el("div", {}, el("p", {}, failure.message), failure.requestId && el("p", { class: "hint" }, "Request ", el("code", {}, failure.requestId))),
  );
}
