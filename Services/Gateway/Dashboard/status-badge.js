// A store's status as a word, a shape and a colour; the colour never stands alone.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

const STATUS = {
  PENDING: { word: "Pending", symbol: "clock" },
  PROVISIONING: { word: "Provisioning", symbol: "ring" },
  READY: { word: "Ready", symbol: "check" },
  FAILED: { word: "Failed", symbol: "cross" },
  DELETING: { word: "Deleting", symbol: "bin" },
};

/** The word for a status; one that this page does not know is shown as it came. */
export const statusWord = (status) => STATUS[status]?.word ?? status;

/** Stores on their way to another state without anyone's doing. */
export const isBusy = (store) => ["PENDING", "PROVISIONING", "DELETING"].includes(store.status);

/** A badge; `show(status)` changes it in place. */
export function statusBadge(status) {
  const node = el("span", { class: "badge" });
  show(status);
  return { node, show };

  function show(next) {
    if (node.dataset.status === next) return;
    node.dataset.status = next;
    fill(node, icon(STATUS[next]?.symbol ?? "clock", next === "PROVISIONING" ? "icon--turning" : ""), statusWord(next));
  }
}
