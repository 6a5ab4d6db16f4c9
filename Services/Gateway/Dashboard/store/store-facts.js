// What a store is: where it is found, what it runs, whose it is, what holds of it.

import { el, fill, outsideLink } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { listHash, userHash } from "../page/router.js";
import { ageElement, fullTime } from "../page/time.js";
import { isAdmin } from "../platform/permissions.js";
import { ENGINES } from "../platform/store-status.js";

/** The card; `show(store)` brings it up to date. */
export function storeFacts({ session }) {
  const list = el("dl", { class: "facts" });
  const conditions = el("ul", { class: "conditions" });
  const more = el("details", { class: "event__more" }, el("summary", {}, "Conditions"), conditions);
  const trail = el("p", { class: "facts__more" });
  let shown = "";
  return { node: el("section", { class: "card", "aria-labelledby": "facts-title" }, el("h2", { id: "facts-title" }, "Details"), list, more, trail), show };

  function show(store) {
    const facts = factsOf(store, isAdmin(session));
    const key = JSON.stringify([facts.map(([, , part]) => part), store.conditions]);
    if (key === shown) return;
    shown = key;
    fill(list, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    more.hidden = (store.conditions ?? []).length === 0;
    fill(conditions, ...(store.conditions ?? []).map(condition));
    fill(trail, el("a", { class: "link", href: listHash("audit", { storeId: store.id }) }, "Who did what with it"));
  }
}

function condition({ type, status, reason, message, lastTransitionTime }) {
  // Of this one condition, True is the bad news.
  const isGood = (status === "True") === (type !== "Degraded");
  return el(
    "li",
    { class: "condition", "data-good": isGood },
    icon(isGood ? "check" : "alert"),
    el("div", {}, el("p", { class: "condition__type" }, type, el("span", { class: "hint" }, ` ${status}, ${reason}`)), message && el("p", { class: "hint" }, message), el("p", { class: "hint" }, "Since ", ageElement(lastTransitionTime))),
  );
}

// Name, element, and what tells one version of it from another.
function factsOf(store, forAdmin) {
  const text = (name, value) => value && [name, el("span", {}, value), `${name} ${value}`];
  const code = (name, value) => value && [name, el("code", {}, value), `${name} ${value}`];
  const time = (name, value) => value && [name, el("span", { title: fullTime(value) }, ageElement(value)), `${name} ${value}`];
  const link = (name, value) => value && [name, store.status === "READY" ? outsideLink(value, { class: "link" }, value) : el("span", { class: "muted" }, value), `${name} ${value} ${store.status}`];
  return [
    link("Shop", store.url),
    link("Admin", store.adminUrl),
    code("Namespace", store.namespace),
    text("Engine", ENGINES[store.engine] ?? store.engine),
    text("Plan", store.plan),
    text("Region", store.region),
    time("Created", store.createdAt),
    time("Ready", store.readyAt),
    forAdmin && store.owner && ["Owner", el("a", { class: "link", href: userHash(store.owner) }, el("code", {}, store.owner)), `Owner ${store.owner}`],
    code("Id", store.id),
  ].filter(Boolean);
}
