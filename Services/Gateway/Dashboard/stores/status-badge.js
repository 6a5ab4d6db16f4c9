// A store's status as a word, a shape and a colour; the colour never stands alone.

import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { STATUS, statusWord } from "../platform/store-status.js";

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
