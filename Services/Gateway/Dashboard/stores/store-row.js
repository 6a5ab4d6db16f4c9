// One store in a list: its name, its state, the one thing worth knowing about it, its age.

import { el, fill, outsideLink, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { storeHash } from "../page/router.js";
import { ageElement } from "../page/time.js";
import { isUnderWay } from "../platform/operation-book.js";
import { degradationOf, ENGINES } from "../platform/store-status.js";
import { operationProgress } from "../store/operation-progress.js";
import { stepSentence } from "../store/provision-steps.js";
import { degradedBadge } from "../store/store-degraded.js";
import { statusBadge } from "./status-badge.js";

/** The row; `show(store)` brings it up to date in place. `select(isOn)` hears of its box; without it there is none. */
export function storeRow(store, { book, select }) {
  const badge = statusBadge(store.status);
  const degraded = degradedBadge();
  const progress = operationProgress({ isSmall: true });
  const text = el("div", {});
  const title = el("span", { class: "row__display" });
  const detail = el("div", { class: "row__detail" }, text, progress.node);
  const box = select && el("input", { type: "checkbox", class: "row__box", "aria-label": `Select ${store.name}`, onchange: () => select(box.checked) });
  let shown = "";
  const node = el(
    "li",
    { class: "row", "data-store": store.name },
    select ? el("label", { class: "row__select" }, box) : el("span", {}),
    el("span", { class: "tile", "data-engine": store.engine, "aria-hidden": "true" }, store.engine.charAt(0).toUpperCase()),
    el("div", { class: "row__name" }, el("a", { class: "row__link", href: storeHash(store.id) }, store.name), title),
    el("div", { class: "row__badges" }, badge.node, degraded.node),
    detail,
    el("div", { class: "row__age hint" }, ageElement(store.createdAt)),
  );
  show(store);
  return { node, show, check: (isOn) => box && (box.checked = isOn) };

  function show(next) {
    setText(title, [next.displayName !== next.name && next.displayName, ENGINES[next.engine] ?? next.engine].filter(Boolean).join(" · "));
    badge.show(next.status);
    degraded.show(next);
    const operation = book.operationOf(next.id);
    progress.show(next, operation);
    // The bar says it all while something is under way.
    text.hidden = isUnderWay(operation);
    const content = detailOf(next);
    if (content.key === shown) return;
    shown = content.key;
    fill(text, content.make());
  }
}

function detailOf(store) {
  const text = {
    PENDING: () => "Waiting for its turn",
    PROVISIONING: () => stepSentence(store),
    READY: () => degradationOf(store)?.message || degradationOf(store)?.reason,
    FAILED: () => store.failure?.message ?? "No reason was given",
    DELETING: () => "Removing everything that belongs to it",
  }[store.status]?.();
  if (text !== undefined) return { key: text, make: () => el("span", { class: "row__text" }, text) };
  const host = URL.canParse(store.url ?? "") ? new URL(store.url).host : "";
  return { key: `link ${store.url}`, make: () => host && outsideLink(store.url, { class: "link row__shop" }, el("span", {}, host), icon("out")) };
}
