// One store: where it is, how it got there, what happened, and what can be done with it.

import { deleteDialog } from "./delete-dialog.js";
import { protectionSwitch } from "./deletion-protection.js";
import { el, fill, outsideLink, setText } from "./dom.js";
import { icon } from "./icons.js";
import { operationProgress } from "./operation-progress.js";
import { orderProof } from "./order-proof.js";
import { provisionSteps, stepSentence } from "./provision-steps.js";
import { skeletonRows, statePanel } from "./states.js";
import { statusBadge } from "./status-badge.js";
import { degradedBadge, storeDegraded } from "./store-degraded.js";
import { storeFailure } from "./store-failure.js";
import { ageElement, duration, fullTime } from "./time.js";
import { timeline } from "./timeline.js";

/** The view of one store. `load()` fetches it and its events; `retry`, `remove` and `protect` act on it. */
export function storePageView({ book, id, load, retry, remove, protect }) {
  const node = el("div", { class: "stack" }, back(), skeletonRows(2));
  let parts = null;
  let last = null;
  const bookChanged = ({ detail }) => (detail.id === id || detail.id === null) && show();
  const eventsChanged = ({ detail }) => detail.id === id && showEvents();
  const operationChanged = ({ detail }) => detail.id === id && show();
  book.addEventListener("change", bookChanged);
  book.addEventListener("operation", operationChanged);
  book.addEventListener("events", eventsChanged);
  show();
  load().catch((failure) => {
    if (last || book.isGone(id)) return;
    const lost = failure.status === 404;
    const again = el("button", { type: "button", class: "button", onclick: () => location.reload() }, icon("again"), "Try again");
    put(
      lost
        ? statePanel({ symbol: "search", title: "No such store", text: "It does not exist, is gone, or belongs to someone else.", actions: [allStores()] })
        : statePanel({ symbol: "cloudOff", title: "The store could not be loaded", text: failure.message, actions: [again], alert: true }),
    );
  });

  return {
    get title() {
      return last?.name ?? "Store";
    },
    node,
    focus: () => (node.querySelector("h1") ?? node.querySelector("a")).focus({ preventScroll: true }),
    leave: () => {
      book.removeEventListener("change", bookChanged);
      book.removeEventListener("operation", operationChanged);
      book.removeEventListener("events", eventsChanged);
      parts?.dialog.close();
    },
  };

  function show() {
    const store = book.get(id);
    if (store) {
      last = store;
      if (!parts) {
        parts = build(store);
        fill(node, back(), ...parts.nodes);
        showEvents();
        document.title = `${store.name} · Store Platform`;
      }
      parts.show(store, book.operationOf(id));
    } else if (last && book.isGone(id)) {
      parts?.dialog.close();
      put(statePanel({ symbol: "check", title: `${last.name} is gone`, text: "Its release, volumes and namespace are removed. The name is free again.", actions: [allStores()] }));
    }
  }

  function put(panel) {
    fill(node, back(), panel);
  }

  function showEvents() {
    if (parts && book.hasEventsOf(id)) parts.events.show(book.eventsOf(id), last);
  }

  function build(store) {
    const badge = statusBadge(store.status);
    const title = el("h1", { class: "page__title", tabindex: "-1" }, store.name);
    const subtitle = el("p", { class: "muted page__note" });
    const links = el("div", { class: "page__tools" });
    const steps = provisionSteps();
    const summary = el("p", { class: "muted tabular card__note" });
    const stepsTitle = el("h2", { id: "steps-title" });
    const progress = operationProgress();
    const proof = orderProof();
    const degradedMark = degradedBadge();
    const degraded = storeDegraded({ retry });
    const protection = protectionSwitch({ protect });
    const failure = storeFailure({ retry });
    const events = timeline();
    const facts = el("dl", { class: "facts" });
    const dialog = deleteDialog({ store, remove });
    const removeButton = el("button", { type: "button", class: "button button--danger", onclick: () => dialog.open(book.get(id) ?? last) }, icon("bin"), el("span", {}, "Delete store"));
    const nodes = [
      el("div", { class: "page__head" }, el("div", { class: "page__name" }, el("div", { class: "page__line" }, title, badge.node, degradedMark.node), subtitle), links),
      el(
        "div",
        { class: "columns" },
        el(
          "div",
          { class: "stack" },
          failure.node,
          degraded.node,
          el("section", { class: "card", "aria-labelledby": "steps-title" }, el("div", { class: "card__head" }, stepsTitle, summary), progress.node, steps.node),
          proof.node,
          el("section", { class: "card", "aria-labelledby": "events-title" }, el("h2", { id: "events-title" }, "Timeline"), events.node),
        ),
        el(
          "aside",
          { class: "stack", "aria-label": "About this store" },
          el("section", { class: "card", "aria-labelledby": "facts-title" }, el("h2", { id: "facts-title" }, "Details"), facts),
          el("section", { class: "card", "aria-labelledby": "delete-title" }, el("h2", { id: "delete-title" }, "Delete"), el("p", { class: "muted card__text" }, "Removes the shop with everything in it."), protection.node, removeButton),
        ),
      ),
      dialog.node,
    ];
    return { nodes, events, dialog, show: showStore };

    function showStore(next, operation) {
      badge.show(next.status);
      degradedMark.show(next);
      degraded.show(next);
      proof.show(next);
      protection.show(next);
      progress.show(next, operation);
      setText(stepsTitle, next.status === "DELETING" ? "Deletion" : "Provisioning");
      setText(subtitle, next.displayName && next.displayName !== next.name ? next.displayName : next.namespace ?? "");
      fillIfNew(links, `${next.status} ${next.url} ${next.adminUrl}`, () => linksOf(next));
      steps.show(next, operation);
      // While the bar is there it says the same, and more.
      setText(summary, progress.node.hidden ? summaryOf(next, operation) : "");
      failure.show(next);
      fillIfNew(facts, JSON.stringify(factsOf(next).map(([, , key]) => key)), () => factsOf(next).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
      const deleting = next.status === "DELETING";
      removeButton.disabled = deleting;
      setText(removeButton.lastChild, deleting ? "Being deleted" : "Delete store");
    }
  }
}

function fillIfNew(node, key, make) {
  if (node.dataset.shows === key) return;
  node.dataset.shows = key;
  fill(node, ...make());
}

// Links appear when they lead somewhere; before that the address stands in the details.
function linksOf(store) {
  if (store.status !== "READY") return [];
  return [
    outsideLink(store.adminUrl, { class: "button" }, "Open admin", icon("out")),
    outsideLink(store.url, { class: "button button--primary" }, "Open shop", icon("out")),
  ];
}

function summaryOf(store, operation) {
  // Of a second try, its own time; what came before it was not spent on it.
  const tried = operation?.kind === "retry" && operation.status === "succeeded";
  if (store.status === "READY" && tried) return `Ready after ${duration(Date.parse(operation.finishedAt) - Date.parse(operation.startedAt))}`;
  if (store.status === "READY" && store.readyAt) return `Ready after ${duration(Date.parse(store.readyAt) - Date.parse(store.createdAt))}`;
  if (store.status === "DELETING") return "Being removed; it leaves the list when everything is gone";
  if (store.status === "PENDING") return "Waiting for its turn";
  return store.status === "PROVISIONING" ? stepSentence(store) : "";
}

function factsOf(store) {
  const text = (name, value) => value && [name, el("span", {}, value), `${name} ${value}`];
  const code = (name, value) => value && [name, el("code", {}, value), `${name} ${value}`];
  const time = (name, value) => value && [name, el("span", { title: fullTime(value) }, ageElement(value)), `${name} ${value}`];
  const link = (name, value) => value && [name, store.status === "READY" ? outsideLink(value, { class: "link" }, value) : el("span", { class: "muted" }, value), `${name} ${value} ${store.status}`];
  return [
    link("Shop", store.url),
    link("Admin", store.adminUrl),
    code("Admin user", store.adminUser),
    code("Namespace", store.namespace),
    text("Engine", { woocommerce: "WooCommerce", medusa: "Medusa" }[store.engine] ?? store.engine),
    text("Plan", store.plan),
    time("Created", store.createdAt),
    time("Ready", store.readyAt),
    code("Id", store.id),
  ].filter(Boolean);
}

const back = () => el("a", { class: "back", href: "#/" }, icon("back"), "All stores");
const allStores = () => el("a", { class: "button", href: "#/" }, "All stores");
