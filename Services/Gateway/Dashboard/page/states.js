// What a view shows when there is nothing to show yet, nothing at all, or a reason why not.

import { el, setText } from "./dom.js";
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

/** Why something could not be loaded. `again()` is asked for by its button; the page keeps trying by itself where that can help. */
export function failurePanel(failure, { title, again }) {
  const button = el("button", { type: "button", class: "button", onclick: again }, icon("again"), "Try again");
  if (failure.status === 403) {
    const text = failure.code === "INSUFFICIENT_SCOPE" ? "The key you signed in with has not the scope for this. Sign in with another one." : "Your account is not allowed to see this. An administrator is.";
    return statePanel({ symbol: "lock", title: "Not for this account", text });
  }
  if (failure.status === 404) return statePanel({ symbol: "search", title: "Not here", text: failure.message });
  if (failure.status === 429) {
    const seconds = Math.ceil(failure.retryAfterMs / 1000);
    const text = `The platform takes only so many requests a second, and others with this key are busy.${seconds > 0 ? ` It asks for ${seconds} s of patience;` : ""} The page then asks again by itself.`.replace("; The", "; the");
    return statePanel({ symbol: "clock", title: "Too many requests", text, actions: [button] });
  }
  const text = `${failure.message}${failure.isOutage ? " The page keeps trying." : ""}`;
  const panel = statePanel({ symbol: "cloudOff", title, text, actions: [button], alert: true });
  if (failure.requestId) panel.append(el("p", { class: "hint" }, "Request ", el("code", {}, failure.requestId)));
  return panel;
}

/** Grey rows of the size of what is coming, so that nothing moves when it comes. */
export function skeletonRows(count) {
  return el(
    "div",
    { class: "skeleton", "aria-hidden": "true" },
    Array.from({ length: count }, () => el("div", { class: "skeleton__row" })),
  );
}

/** What went wrong, and how long to wait where the platform has said so. */
export function failureSentence({ message, status, retryAfterMs }) {
  return status === 429 && retryAfterMs > 0 ? `${message} Try again in ${Math.ceil(retryAfterMs / 1000)} s.` : message;
}

/** A box that says what went wrong with a thing the reader has just asked for. */
export function problemBox(failure) {
  return el(
    "div",
    { class: "problem", role: "alert" },
    icon("alert"),
    el("div", {}, el("p", {}, failureSentence(failure)), failure.requestId && el("p", { class: "hint" }, "Request ", el("code", {}, failure.requestId))),
  );
}

/** Says in a button what it is doing, and gives it back its words afterwards. */
export async function whileBusy(button, words, work) {
  const before = [...button.childNodes];
  button.disabled = true;
  setText(button, words);
  try {
    return await work();
  } finally {
    button.replaceChildren(...before);
    button.disabled = false;
  }
}
