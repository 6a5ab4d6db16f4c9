// A store that was ready and does not sell: what is wrong, what happens by itself, and what one can do meanwhile.

import { askButton } from "../page/ask-button.js";
import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { fullTime, ageElement } from "../page/time.js";
import { degradationOf, isDegraded } from "../platform/store-status.js";

/** A badge beside the status; `show(store)` shows or hides it. */
export function degradedBadge() {
  const node = el("span", { class: "badge", "data-status": "DEGRADED", hidden: true }, icon("alert"), "Degraded");
  return { node, show: (store) => (node.hidden = !isDegraded(store)) };
}

/** The panel; `show(store)` brings it up to date, `retry()` is asked for by its button; without it there is none. */
export function storeDegraded({ retry }) {
  const node = el("section", { class: "card failure failure--warning", "aria-labelledby": "degraded-title", hidden: true });
  let shown = "";
  return { node, show };

  function show(store) {
    const found = degradationOf(store);
    node.hidden = found === null;
    const key = found ? JSON.stringify(found) : "";
    if (key === shown) return;
    shown = key;
    fill(node, ...(found ? parts(found) : []));
  }

  function parts({ reason, message, lastTransitionTime }) {
    return [
      el("h2", { id: "degraded-title", class: "failure__title" }, icon("alert"), "This store does not sell at the moment"),
      el("p", { class: "failure__message" }, message || "No reason was given."),
      el("p", { class: "failure__hint" }, el("strong", {}, "What happens next: "), nextFor(reason)),
      el(
        "p",
        { class: "failure__facts hint" },
        el("span", {}, "Reason ", el("code", {}, reason)),
        el("span", { title: fullTime(lastTransitionTime) }, "Since ", ageElement(lastTransitionTime)),
      ),
      retry && askButton({ words: "Retry", doing: "Asking for another try", ask: retry }),
    ];
  }
}

function nextFor(reason) {
  if (reason === "NamespaceMissing") {
    return "nothing by itself. The namespace is gone, and with it the shop’s data. Retry makes the store anew and empty; restore its data first if you have them elsewhere.";
  }
  return "the platform puts right what it can, and looks again until a guest’s order goes through. Retry goes through all steps now; data and passwords stay.";
}
