// Who did what, when, and from where. Administrators see all; others what they did and what was done to their stores.

import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { moreButton } from "../page/more-button.js";
import { PagedList } from "../page/paged-list.js";
import { listHash, remember } from "../page/router.js";
import { failurePanel, skeletonRows, statePanel } from "../page/states.js";
import { api } from "../platform/api.js";
import { isAdmin } from "../platform/permissions.js";
import { auditEntry } from "./audit-entry.js";
import { auditFilters } from "./audit-filters.js";

const NAMES = ["q", "action", "actor", "storeId", "from", "to"];

export function openView({ route, tools: { session, refresh: askAgain } }) {
  let values = Object.fromEntries(NAMES.map((name) => [name, route.parameters.get(name) ?? ""]));
  const trail = new PagedList({ ask: (page) => api.audit({ ...asked(values), ...page }), show });
  const filters = auditFilters({ values, changed: narrow });
  const chips = el("div", { class: "chips" });
  const list = el("ol", { class: "audit" });
  const entries = new Map();
  const body = el("div", { "aria-busy": "true" }, skeletonRows(4));
  const more = moreButton({ list: trail, what: "entry" });
  const text = isAdmin(session) ? "Everything that was done, by whomever." : "What you did, and what was done to your stores.";
  const node = el("div", { class: "stack" }, el("div", { class: "page__head" }, el("div", {}, el("h1", { class: "page__title", tabindex: "-1" }, "Audit"), el("p", { class: "muted page__note" }, text))), filters.node, chips, body, more.node);
  showChips();
  return { title: "Audit", node, focus: () => node.querySelector("h1").focus({ preventScroll: true }), refresh: () => trail.refresh(), leave: filters.leave };

  function narrow(next) {
    values = { ...values, ...next };
    remember(listHash("audit", values));
    showChips();
    trail.restart();
    askAgain();
  }

  // What a link brought along has no field of its own.
  function showChips() {
    const found = [["actor", "By one user"], ["storeId", "About one store"]].filter(([name]) => values[name] !== "");
    chips.hidden = found.length === 0;
    fill(chips, ...found.map(([name, words]) => el("button", { type: "button", class: "chip", onclick: () => narrow({ [name]: "" }) }, words, " ", el("code", {}, values[name]), icon("cross"), el("span", { class: "visually-hidden" }, "Remove this filter"))));
  }

  function show() {
    body.setAttribute("aria-busy", String(!trail.loaded && trail.failure === null));
    more.show();
    if (!trail.loaded) return fill(body, trail.failure ? failurePanel(trail.failure, { title: "The audit could not be loaded", again: askAgain }) : skeletonRows(4));
    if (trail.items.length === 0) return fill(body, none());
    if (body.firstChild !== list) fill(body, list);
    arrange();
  }

  // What was written does not change: entries only come, at the top, and at the end.
  function arrange() {
    const wanted = new Set(trail.items.map(({ id }) => id));
    for (const [id, entry] of entries) {
      if (wanted.has(id)) continue;
      entry.remove();
      entries.delete(id);
    }
    trail.items.forEach((item, index) => {
      if (!entries.has(item.id)) entries.set(item.id, auditEntry(item));
      const entry = entries.get(item.id);
      if (list.children[index] !== entry) list.insertBefore(entry, list.children[index] ?? null);
    });
  }

  function none() {
    const isFiltered = NAMES.some((name) => values[name] !== "");
    const clear = el("button", { type: "button", class: "button", onclick: () => (filters.clear(), narrow(Object.fromEntries(NAMES.map((name) => [name, ""])))) }, "Clear filters");
    return statePanel({ symbol: "list", title: isFiltered ? "Nothing found" : "Nothing yet", text: isFiltered ? "No entry matches these filters." : "What is done from now on is written down here.", actions: isFiltered ? [clear] : [] });
  }
}

/** Days as people choose them, as the points in time that the API knows: the last day counts whole. */
function asked({ from, to, ...others }) {
  return { ...others, from: startOf(from, 0), to: startOf(to, 1) };
}

function startOf(day, daysLater) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!found) return "";
  return new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + daysLater).toISOString();
}
