// Why a store failed, in the order a reader needs it: what, what to do, the proof, another try.

import { askButton } from "../page/ask-button.js";
import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";

/** The panel; `show(store)` brings it up to date, `retry()` is asked for by its button; without it there is none. */
export function storeFailure({ retry }) {
  const node = el("section", { class: "card failure", "aria-labelledby": "failure-title", hidden: true });
  let shown = "";
  return { node, show };

  function show(store) {
    const failed = store.status === "FAILED";
    node.hidden = !failed;
    const key = failed ? JSON.stringify(store.failure) : "";
    if (key === shown) return;
    shown = key;
    fill(node, ...(failed ? parts(store.failure ?? { message: "No reason was given.", retryable: true }) : []));
  }

  function parts(failure) {
    return [
      el("h2", { id: "failure-title", class: "failure__title" }, icon("alert"), "This store could not be provisioned"),
      el("p", { class: "failure__message" }, failure.message),
      failure.hint && el("p", { class: "failure__hint" }, el("strong", {}, "What to do: "), failure.hint),
      el(
        "p",
        { class: "failure__facts hint" },
        failure.code && el("span", {}, "Code ", el("code", {}, failure.code)),
        failure.step && el("span", {}, "Step ", el("code", {}, failure.step)),
      ),
      evidence(failure.evidence ?? []),
      el("p", { class: "failure__hint" }, el("strong", {}, "What happens next: "), "the platform keeps looking; once the cause is gone, the store becomes ready by itself."),
      failure.retryable === false
        ? el("p", { class: "hint" }, "Trying again at once would fail the same way: remove the cause, or delete the store.")
        : retry && askButton({ words: "Try again", doing: "Asking for another try", ask: retry }),
    ];
  }
}

function evidence(items) {
  if (items.length === 0) return null;
  return el(
    "ul",
    { class: "evidence", "aria-label": "Evidence" },
    items.map((found) =>
      el(
        "li",
        {},
        el("p", { class: "evidence__head" }, el("strong", {}, found.reason || "Seen"), el("code", {}, [found.kind, found.name].filter(Boolean).join("/"))),
        found.message && el("p", { class: "evidence__text" }, found.message),
      ),
    ),
  );
}
