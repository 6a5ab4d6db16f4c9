// What can be done with all stores that are selected. Over the page, so that selecting moves nothing.

import { counted } from "../page/amounts.js";
import { el, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { isRetryable } from "../platform/store-status.js";
import { bulkDialog } from "./bulk-dialog.js";

/** The bar; `chosen()` are the stores selected, `clear()` selects none. `show()` brings it up to date. */
export function bulkBar({ chosen, actions, clear }) {
  const count = el("strong", { class: "bulk__count tabular" });
  const retry = button("again", "Retry", () => ask({
    title: "Retry", doing: "Asking", done: "Accepted", act: (store) => actions.retry(store.id),
    text: "The platform goes through all steps again. Data and passwords stay.",
    why: (store) => (isRetryable(store) ? null : "Nothing to retry"),
  }));
  const protect = button("lock", "Protect", () => ask({
    title: "Protect", doing: "Protecting", done: "Protected", act: (store) => actions.protect(store.id, true),
    text: "While a store is protected, nobody can delete it, not even by the API.",
    why: (store) => (store.deletionProtection ? "Protected already" : gone(store)),
  }));
  const unprotect = button(null, "Unprotect", () => ask({
    title: "Unprotect", doing: "Switching off", done: "Protection is off", act: (store) => actions.protect(store.id, false),
    text: "They can be deleted again.",
    why: (store) => (store.deletionProtection ? gone(store) : "Not protected"),
  }));
  const remove = button("bin", "Delete", () => ask({
    title: "Delete", doing: "Deleting", done: "Being deleted", act: (store) => actions.remove(store.id), isDanger: true,
    text: "The shops, their databases, their files and their namespaces are removed. This cannot be undone.",
    why: (store) => (store.deletionProtection ? "Protected against deletion" : gone(store)),
    phrase: (stores) => (stores.length === 1 ? stores[0].name : `delete ${stores.length} stores`),
  }));
  remove.classList.add("button--danger");
  const none = el("button", { type: "button", class: "button button--small", "aria-label": "Select none", onclick: clear }, icon("cross"));
  const node = el("div", { class: "bulk", role: "region", "aria-label": "Selected stores", hidden: true }, count, el("div", { class: "bulk__tools" }, retry, protect, unprotect, remove), none);
  return { node, show };

  function show() {
    const stores = chosen();
    node.hidden = stores.length === 0;
    setText(count, counted(stores.length, "selected", "selected"));
    retry.disabled = !stores.some(isRetryable);
    protect.disabled = stores.every((store) => store.deletionProtection);
    unprotect.disabled = !stores.some((store) => store.deletionProtection);
  }

  function ask(question) {
    bulkDialog({ ...question, stores: chosen(), closed: clear }).open();
  }
}

const gone = (store) => (store.status === "DELETING" ? "Being deleted" : null);

function button(symbol, words, press) {
  return el("button", { type: "button", class: "button button--small", onclick: press }, symbol && icon(symbol), words);
}
