// All stores on one page. Rows are changed in place, never rebuilt: a live message must not steal the focus, the
// selection or the place one has scrolled to.

import { el, fill, outsideLink, setText } from "./dom.js";
import { icon } from "./icons.js";
import { isUnderWay } from "./operation-book.js";
import { operationProgress } from "./operation-progress.js";
import { stepSentence } from "./provision-steps.js";
import { storeHash } from "./router.js";
import { skeletonRows, statePanel } from "./states.js";
import { statusBadge } from "./status-badge.js";
import { degradationOf, degradedBadge } from "./store-degraded.js";
import { ageElement } from "./time.js";

/** The list view. */
export function storeListView({ book, session, live }) {
  const rows = new Map();
  const used = el("p", { class: "muted page__note tabular" });
  const list = el("ul", { class: "rows" });
  const body = el("div", { class: "list-body", "aria-busy": "true" });
  const search = el("input", { type: "search", class: "input", placeholder: "Search", "aria-label": "Search stores", oninput: show });
  const tools = el("div", { class: "search", hidden: true }, icon("search"), search);

  const node = el(
    "div",
    { class: "stack" },
    el(
      "div",
      { class: "page__head" },
      el("div", {}, el("h1", { class: "page__title", tabindex: "-1" }, "Stores"), used),
      el("div", { class: "page__tools" }, tools, newStoreLink()),
    ),
    body,
  );
  const bookChanged = ({ detail }) => {
    if (detail.after) rows.get(detail.id)?.show(detail.after);
    show();
  };
  const operationChanged = ({ detail }) => {
    const store = book.get(detail.id);
    if (store) rows.get(detail.id)?.show(store);
  };
  book.addEventListener("operation", operationChanged);
  book.addEventListener("change", bookChanged);
  session.addEventListener("change", showUsed);
  live.addEventListener("state", show);
  showUsed();
  show();

  return {
    title: "Stores",
    node,
    focus: () => node.querySelector("h1").focus({ preventScroll: true }),
    leave: () => {
      book.removeEventListener("change", bookChanged);
      book.removeEventListener("operation", operationChanged);
      session.removeEventListener("change", showUsed);
      live.removeEventListener("state", show);
    },
  };

  function showUsed() {
    const { used: count, maxStores } = session.user ?? {};
    setText(used, Number.isFinite(maxStores) ? `${count} of ${maxStores} in use` : " ");
  }

  function show() {
    const stores = book.all();
    body.setAttribute("aria-busy", String(!book.loaded));
    tools.hidden = stores.length === 0;
    if (!book.loaded) return showUnloaded();
    if (stores.length === 0) return put("empty", empty);
    const wanted = search.value.trim().toLowerCase();
    const found = stores.filter((store) => `${store.name} ${store.displayName ?? ""} ${store.status}`.toLowerCase().includes(wanted));
    if (found.length === 0) return put(`none ${wanted}`, () => statePanel({ symbol: "search", title: "Nothing found", text: `No store matches “${search.value.trim()}”.` }));
    put("rows", () => list);
    arrange(found);
  }

  function showUnloaded() {
    if (live.state !== "offline") return put("loading", () => skeletonRows(3));
    const again = () => el("button", { type: "button", class: "button", onclick: () => live.refresh() }, icon("again"), "Try again");
    put(`error ${live.reason}`, () =>
      statePanel({ symbol: "cloudOff", title: "Your stores could not be loaded", text: `${live.reason} The page keeps trying.`, actions: [again()] }),
    );
  }

  function put(key, make) {
    if (body.dataset.shows === key) return;
    body.dataset.shows = key;
    fill(body, make());
  }

  // Moves only what stands in the wrong place, for a moved node loses the focus.
  function arrange(stores) {
    const wanted = new Set(stores.map((store) => store.id));
    for (const [id, row] of rows) {
      if (wanted.has(id)) continue;
      row.node.remove();
      if (!book.get(id)) rows.delete(id);
    }
    stores.forEach((store, index) => {
      if (!rows.has(store.id)) rows.set(store.id, storeRow(store, book));
      const { node: rowNode } = rows.get(store.id);
      if (list.children[index] !== rowNode) list.insertBefore(rowNode, list.children[index] ?? null);
    });
  }
}

function storeRow(store, book) {
  const badge = statusBadge(store.status);
  const degraded = degradedBadge();
  const progress = operationProgress({ isSmall: true });
  const text = el("div", {});
  const title = el("span", { class: "row__display" });
  const detail = el("div", { class: "row__detail" }, text, progress.node);
  let shown = "";
  const node = el(
    "li",
    { class: "row", "data-store": store.name },
    el("span", { class: "tile", "data-engine": store.engine, "aria-hidden": "true" }, store.engine.charAt(0).toUpperCase()),
    el("div", { class: "row__name" }, el("a", { class: "row__link", href: storeHash(store.id) }, store.name), title),
    el("div", { class: "row__badges" }, badge.node, degraded.node),
    detail,
    el("div", { class: "row__age hint" }, ageElement(store.createdAt)),
  );
  show(store);
  return { node, show };

  function show(next) {
    const engine = { woocommerce: "WooCommerce", medusa: "Medusa" }[next.engine] ?? next.engine;
    setText(title, [next.displayName !== next.name && next.displayName, engine].filter(Boolean).join(" · "));
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

// The one thing worth knowing about a store in its state.
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

function newStoreLink() {
  return el("a", { class: "button button--primary", href: "#/new" }, icon("plus"), "New store");
}

function empty() {
  return statePanel({
    symbol: "store",
    title: "No stores yet",
    text: "Your first one comes with a sample product to buy, in a namespace of its own.",
    actions: [newStoreLink()],
  });
}
