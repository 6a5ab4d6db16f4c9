// The ways to the views: along the top of a wide screen, along the bottom of a phone, under the thumb.

import { el, setAttribute } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { isAdmin } from "../platform/permissions.js";

const PLACES = [
  { hash: "#/", words: "Overview", symbol: "chart", views: ["overview"] },
  { hash: "#/stores", words: "Stores", symbol: "store", views: ["stores", "store", "create"] },
  { hash: "#/users", words: "Users", symbol: "people", views: ["users", "user"], forAdmins: true },
  { hash: "#/keys", words: "Keys", symbol: "key", views: ["keys"] },
  { hash: "#/audit", words: "Audit", symbol: "list", views: ["audit"] },
];

/** The navigation; `mark(view)` says where one is. */
export function navigation({ session }) {
  const links = PLACES.map((place) => ({
    ...place,
    node: el("a", { class: "nav__link", href: place.hash }, icon(place.symbol), el("span", {}, place.words)),
  }));
  const node = el("nav", { class: "nav", "aria-label": "Main" }, el("ul", { class: "nav__list" }, links.map((link) => el("li", { hidden: link.forAdmins === true && !isAdmin(session) }, link.node))));
  return { node, mark };

  function mark(view) {
    for (const link of links) setAttribute(link.node, "aria-current", link.views.includes(view) ? "page" : null);
  }
}
