// A card of the overview: a heading, a note beside it, and room kept for what is coming.

import { el } from "../page/dom.js";

/** The card. `name` is for its looks and its heading's id. */
export function overviewCard({ name, title, note, body }) {
  const id = `overview-${name}`;
  return el("section", { class: `card overview__${name}`, "aria-labelledby": id }, el("div", { class: "card__head" }, el("h2", { id }, title), note), body);
}
