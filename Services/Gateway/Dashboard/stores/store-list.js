// A list of stores. Rows are changed in place, never rebuilt: a live message must not steal the focus, the selection or
// the place one has scrolled to.

import { counted } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { moreButton } from "../page/more-button.js";
import { go, remember, storeHash } from "../page/router.js";
import { failurePanel, skeletonRows, statePanel } from "../page/states.js";
import { api } from "../platform/api.js";
import { may } from "../platform/permissions.js";
import { bulkBar } from "./bulk-bar.js";
import { createDialog } from "./create-form.js";
import { storeFilters } from "./store-filters.js";
import { StoreQuery } from "./store-query.js";
import { storeRow } from "./store-row.js";
import { StoreWindow } from "./store-window.js";

export function openView({ route, tools: { book, session, actions, refresh: askAgain } }) {
  const isWriter = may(session, "write");
  const rows = new Map();
  const selected = new Set();
  const leaving = new AbortController();
  const shown = new StoreWindow({ book, query: StoreQuery.of(route.parameters), show: soon });
  const used = el("p", { class: "muted page__note tabular" });
  const list = el("ul", { class: "rows" });
  const filters = storeFilters({ changed: narrow });
  const owner = el("div", { class: "chips" });
  const more = moreButton({ list: shown.pages, what: "store" });
  const body = el("div", { class: "list-body", "aria-busy": "true" });
  const all = el("input", { type: "checkbox", class: "row__box", id: "select-all", onchange: () => selectAll(all.checked) });
  const count = el("span", { class: "hint tabular", role: "status" });
  const tally = el("div", { class: "tally" }, isWriter && el("label", { class: "check", for: "select-all" }, all, "Select all shown"), count);
  const bulk = isWriter ? bulkBar({ chosen: () => [...selected].map((id) => book.get(id)).filter(Boolean), actions, clear: () => selectAll(false) }) : null;
  let drawing = 0;

  const node = el(
    "div",
    { class: "stack" },
    el("div", { class: "page__head" }, el("div", {}, el("h1", { class: "page__title", tabindex: "-1" }, "Stores"), used), isWriter && el("div", { class: "page__tools" }, newStoreLink())),
    filters.node,
    owner,
    tally,
    body,
    more.node,
    bulk?.node,
  );
  for (const type of ["change", "operation"]) book.addEventListener(type, ({ detail }) => changed(detail.id), { signal: leaving.signal });
  session.addEventListener("change", showUsed, { signal: leaving.signal });
  showUsed();
  show();
  if (route.view === "create") queueMicrotask(ask);

  return {
    title: "Stores",
    node,
    focus: () => node.querySelector("dialog[open]") ?? node.querySelector("h1").focus({ preventScroll: true }),
    refresh: () => shown.refresh(),
    failed: soon,
    leave() {
      leaving.abort();
      filters.leave();
      cancelAnimationFrame(drawing);
    },
  };

  function showUsed() {
    const { used: number, maxStores } = session.user ?? {};
    setText(used, Number.isFinite(maxStores) ? `${number} of ${maxStores} in use` : " ");
  }

  function narrow(values) {
    shown.change(shown.query.with(values));
    remember(shown.query.hash);
    askAgain();
  }

  function changed(id) {
    const store = book.get(id);
    if (store) rows.get(id)?.show(store);
    soon();
  }

  // Many messages in one moment are one drawing.
  function soon() {
    drawing ||= requestAnimationFrame(() => {
      drawing = 0;
      show();
    });
  }

  function show() {
    const { pages, query } = shown;
    const stores = shown.stores();
    filters.show(query, book.all().map(({ region }) => region));
    showOwner(query);
    more.show();
    const isKnown = pages.loaded || stores.length > 0;
    body.setAttribute("aria-busy", String(!pages.loaded && pages.failure === null));
    tally.hidden = !isKnown || stores.length === 0;
    if (!isKnown) return pages.failure ? put(`error ${pages.failure.message}`, () => failurePanel(pages.failure, { title: "Your stores could not be loaded", again: askAgain })) : put("loading", () => skeletonRows(3));
    if (stores.length === 0) return put(query.isFiltered ? "none" : "empty", query.isFiltered ? none : empty);
    put("rows", () => list);
    setText(count, pages.hasMore ? `${counted(stores.length, "store")} shown, there are more` : counted(stores.length, "store"));
    arrange(stores);
  }

  function put(key, make) {
    if (key !== "rows") tidy([]);
    if (body.dataset.shows === key) return;
    body.dataset.shows = key;
    fill(body, make());
  }

  // Moves only what stands in the wrong place, for a moved node loses the focus.
  function arrange(stores) {
    tidy(stores);
    stores.forEach((store, index) => {
      if (!rows.has(store.id)) rows.set(store.id, storeRow(store, { book, select: isWriter && ((isOn) => select(store.id, isOn)) }));
      const { node: rowNode } = rows.get(store.id);
      if (list.children[index] !== rowNode) list.insertBefore(rowNode, list.children[index] ?? null);
    });
    all.checked = selected.size > 0 && selected.size === stores.length;
    all.indeterminate = selected.size > 0 && !all.checked;
  }

  function tidy(stores) {
    const wanted = new Set(stores.map(({ id }) => id));
    for (const [id, row] of rows) {
      if (wanted.has(id)) continue;
      row.node.remove();
      rows.delete(id);
      // What one does not see, one does not delete.
      selected.delete(id);
    }
    bulk?.show();
  }

  function select(id, isOn) {
    if (isOn) selected.add(id);
    else selected.delete(id);
    show();
  }

  function selectAll(isOn) {
    selected.clear();
    for (const [id, row] of rows) {
      if (isOn) selected.add(id);
      row.check(isOn);
    }
    show();
  }

  function showOwner(query) {
    const id = query.get("owner");
    if (owner.dataset.shows === id) return;
    owner.dataset.shows = id;
    owner.hidden = id === "";
    fill(owner, id && el("button", { type: "button", class: "chip", onclick: () => narrow({ owner: "" }) }, "Of one user", icon("cross"), el("span", { class: "visually-hidden" }, "Show everyone’s")));
  }

  function none() {
    const clear = el("button", { type: "button", class: "button", onclick: () => narrow({ q: "", status: "", engine: "", plan: "", region: "", degraded: "", owner: "" }) }, "Clear filters");
    const { query } = shown;
    const text = query.filterCount === 0 ? `No store matches “${query.get("q")}”.` : "No store matches these filters.";
    return statePanel({ symbol: "search", title: "Nothing found", text, actions: [clear] });
  }

  function empty() {
    const text = isWriter ? "Your first one comes with a sample product to buy, in a namespace of its own." : "As soon as there is one, it shows here.";
    return statePanel({ symbol: "store", title: "No stores yet", text, actions: isWriter ? [newStoreLink()] : [] });
  }

  function ask() {
    let made = null;
    const dialog = createDialog({
      create: async (store, key) => (made = await actions.create(store, key)),
      plans: api.plans,
      closed: () => {
        dialog.node.remove();
        if (made) go(storeHash(made.id));
        else if (location.hash === "#/new") go("#/stores");
      },
    });
    node.append(dialog.node);
    dialog.open();
  }
}

function newStoreLink() {
  return el("a", { class: "button button--primary", href: "#/new" }, icon("plus"), "New store");
}
