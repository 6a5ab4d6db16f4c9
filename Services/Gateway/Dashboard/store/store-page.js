// One store: where it is, how it got there, what it uses and says, and what can be done with it.

import { el, fill, outsideLink, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { failurePanel, skeletonRows, statePanel } from "../page/states.js";
import { may } from "../platform/permissions.js";
import { statusBadge } from "../stores/status-badge.js";
import { credentialsCard } from "./credentials-card.js";
import { deleteCard } from "./delete-card.js";
import { operationProgress } from "./operation-progress.js";
import { orderProof } from "./order-proof.js";
import { podsCard } from "./pods-card.js";
import { provisionSteps, summaryOf } from "./provision-steps.js";
import { renameDialog } from "./rename-dialog.js";
import { degradedBadge, storeDegraded } from "./store-degraded.js";
import { storeFacts } from "./store-facts.js";
import { storeFailure } from "./store-failure.js";
import { timeline } from "./timeline.js";
import { usageCard } from "./usage-card.js";

export function openView({ route: { id }, tools: { book, session, actions, refresh: askAgain } }) {
  const node = el("div", { class: "stack" }, back(), skeletonRows(2));
  const leaving = new AbortController();
  let parts = null;
  let last = null;
  for (const type of ["change", "operation"]) book.addEventListener(type, ({ detail }) => detail.id === id && show(), { signal: leaving.signal });
  book.addEventListener("events", ({ detail }) => detail.id === id && showEvents(), { signal: leaving.signal });
  show();

  return {
    get title() {
      return last?.name ?? "Store";
    },
    storeId: id,
    node,
    focus: () => (node.querySelector("h1") ?? node.querySelector("a")).focus({ preventScroll: true }),
    refresh: () => (book.isGone(id) ? 0 : actions.load(id)),
    failed(failure) {
      if (book.isGone(id)) return;
      // It was there a moment ago: whoever removed it, it is gone.
      if (failure.status === 404 && last) return book.remove(id);
      if (last) return;
      put(
        failure.status === 404
          ? statePanel({ symbol: "search", title: "No such store", text: "It does not exist, is gone, or belongs to someone else.", actions: [allStores()] })
          : failurePanel(failure, { title: "The store could not be loaded", again: askAgain }),
      );
    },
    leave() {
      leaving.abort();
      parts?.leave();
    },
  };

  function show() {
    const store = book.get(id);
    if (store) {
      last = store;
      if (!parts) {
        parts = storeParts({ store, book, session, actions });
        fill(node, back(), ...parts.nodes);
        showEvents();
        document.title = `${store.name} · Store Platform`;
      }
      parts.show(store, book.operationOf(id));
    } else if (last && book.isGone(id)) {
      parts?.leave();
      parts = null;
      put(statePanel({ symbol: "check", title: `${last.name} is gone`, text: "Its release, volumes and namespace are removed. The name is free again.", actions: [allStores()] }));
    }
  }

  function put(panel) {
    fill(node, back(), panel);
  }

  function showEvents() {
    if (parts && book.hasEventsOf(id)) parts.events.show(book.eventsOf(id), last);
  }
}

function storeParts({ store: { id, name }, book, session, actions }) {
  const isWriter = may(session, "write");
  const retry = () => actions.retry(id);
  const now = () => book.get(id);
  const title = el("h1", { class: "page__title", tabindex: "-1" }, name);
  const badge = statusBadge("PENDING");
  const degradedMark = degradedBadge();
  const subtitle = el("span", {});
  const rename = el("button", { type: "button", class: "icon-button", "aria-label": "Edit display name", title: "Edit display name", onclick: () => renameDialog({ store: now(), rename: (words) => actions.rename(id, words) }).open() }, icon("pencil"));
  const links = el("div", { class: "page__tools" });
  const progress = operationProgress();
  const steps = provisionSteps();
  const stepsTitle = el("h2", { id: "steps-title" });
  const summary = el("p", { class: "muted tabular card__note" });
  const events = timeline();
  const failure = storeFailure({ retry: isWriter ? retry : null });
  const degraded = storeDegraded({ retry: isWriter ? retry : null });
  const proof = orderProof();
  const pods = podsCard({ id });
  const credentials = credentialsCard({ session, reveal: () => actions.reveal(id), rotate: (database) => actions.rotate(id, database) });
  const usage = usageCard({ id });
  const facts = storeFacts({ session });
  const removal = deleteCard({ name, now, isWriter, protect: (isOn) => actions.protect(id, isOn), remove: () => actions.remove(id) });
  const cards = [badge, degradedMark, failure, degraded, proof, pods, credentials, usage, facts, removal];
  const head = el("div", { class: "page__head" }, el("div", { class: "page__name" }, el("div", { class: "page__line" }, title, badge.node, degradedMark.node), el("p", { class: "muted page__note page__line" }, subtitle, isWriter && rename)), links);
  const main = el(
    "div",
    { class: "stack" },
    failure.node,
    degraded.node,
    el("section", { class: "card", "aria-labelledby": "steps-title" }, el("div", { class: "card__head" }, stepsTitle, summary), progress.node, steps.node),
    proof.node,
    pods.node,
  );
  // Last, for it has no end: a phone has what one does with a store before it.
  const story = el("section", { class: "card columns__end", "aria-labelledby": "events-title" }, el("h2", { id: "events-title" }, "Timeline"), events.node);
  const aside = el("aside", { class: "stack", "aria-label": "About this store" }, credentials.node, usage.node, facts.node, removal.node);
  return { nodes: [head, el("div", { class: "columns" }, main, aside, story)], events, show, leave: () => cards.forEach((card) => card.leave?.()) };

  function show(store, operation) {
    badge.show(store.status);
    for (const card of cards.slice(1)) card.show(store, operation);
    setText(stepsTitle, store.status === "DELETING" ? "Deletion" : "Provisioning");
    setText(subtitle, store.displayName && store.displayName !== store.name ? store.displayName : store.namespace ?? "");
    rename.hidden = store.status === "DELETING";
    showLinks(store);
    // The rotation's own bar stands where it was asked for.
    progress.show(store, operation?.kind === "rotate" ? null : operation);
    steps.show(store, operation);
    // While the bar is there it says the same, and more.
    setText(summary, progress.node.hidden ? summaryOf(store, operation) : "");
  }

  // Links appear when they lead somewhere; before that the address stands in the details.
  function showLinks({ status, url, adminUrl }) {
    const key = `${status} ${url} ${adminUrl}`;
    if (links.dataset.shows === key) return;
    links.dataset.shows = key;
    fill(
      links,
      ...(status === "READY"
        ? [outsideLink(adminUrl, { class: "button" }, "Open admin", icon("out")), outsideLink(url, { class: "button button--primary" }, "Open shop", icon("out"))]
        : []),
    );
  }
}

const back = () => el("a", { class: "back", href: "#/stores" }, icon("back"), "All stores");
const allStores = () => el("a", { class: "button", href: "#/stores" }, "All stores");
