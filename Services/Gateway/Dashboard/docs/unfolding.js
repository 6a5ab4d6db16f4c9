// Something folded up, which is made when it is first opened: most of a page this long is never looked at.

import { el } from "../page/dom.js";

/** A `details` with a summary; `make` gives what is in it. */
export function unfolding(attributes, summary, make) {
  let isMade = false;
  const node = el("details", { ...attributes, ontoggle: unfold }, el("summary", {}, ...summary));
  if (attributes.open) unfold();
  return node;

  function unfold() {
    if (isMade || !node.open) return;
    isMade = true;
    node.append(...make().filter(Boolean));
  }
}
