// How the platform is, at one look: what there is, what is being done, how long it takes, what went wrong, what room is
// left. Figures come from one question; live messages only say when to ask it again.

import { counted, number } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { failurePanel, statePanel } from "../page/states.js";
import { api } from "../platform/api.js";
import { isAdmin, may } from "../platform/permissions.js";
import { capacityCard } from "./capacity-card.js";
import { failuresCard } from "./failures-card.js";
import { provisioningCard } from "./provisioning-card.js";
import { queueCard } from "./queue-card.js";
import { statusCard } from "./status-card.js";

// Many changes in a moment are one reason to ask, not many.
const QUIET_MS = 1500;

export function openView({ tools: { book, session, refresh: askAgain } }) {
  const note = el("p", { class: "muted page__note tabular" });
  const head = el("div", { class: "page__head" }, el("div", {}, el("h1", { class: "page__title", tabindex: "-1" }, "Overview"), note), may(session, "write") && newStoreLink());
  const cards = [statusCard(), queueCard({ book }), provisioningCard(), failuresCard(), ...(isAdmin(session) ? [capacityCard()] : [])];
  const grid = el("div", { class: "overview", "aria-busy": "true" }, cards.map((card) => card.node));
  const body = el("div", {}, grid);
  const leaving = new AbortController();
  let overview = null;
  let asking = 0;
  book.addEventListener("change", changed, { signal: leaving.signal });

  return {
    title: "Overview",
    node: el("div", { class: "stack" }, head, body),
    focus: () => head.querySelector("h1").focus({ preventScroll: true }),
    async refresh() {
      show(await api.overview());
    },
    failed(failure) {
      // Old figures with their time say more than none.
      if (overview === null) fill(body, failurePanel(failure, { title: "The overview could not be loaded", again: askAgain }));
    },
    leave() {
      leaving.abort();
      clearTimeout(asking);
      for (const card of cards) card.leave?.();
    },
  };

  function changed({ detail: { before, after } }) {
    if (before?.status === after?.status) return;
    asking ||= setTimeout(() => {
      asking = 0;
      askAgain();
    }, QUIET_MS);
  }

  function show(next) {
    overview = next;
    const total = Object.values(next.stores).reduce((sum, count) => sum + count, 0);
    setText(note, total === 0 ? " " : `${counted(total, "store")}, ${number(next.stores.READY ?? 0)} ready`);
    if (total === 0 && next.provisioning.samples.length === 0) return fill(body, empty());
    if (body.firstChild !== grid) fill(body, grid);
    grid.setAttribute("aria-busy", "false");
    for (const card of cards) card.show(next);
  }

  function empty() {
    const text = may(session, "write") ? "The first one comes with a sample product to buy, in a namespace of its own." : "As soon as there is one, it shows here.";
    return statePanel({ symbol: "store", title: "No stores yet", text, actions: may(session, "write") ? [newStoreLink()] : [] });
  }
}

function newStoreLink() {
  return el("a", { class: "button button--primary", href: "#/new" }, icon("plus"), "New store");
}
