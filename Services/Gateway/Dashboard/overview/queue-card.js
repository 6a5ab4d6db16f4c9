// The work of this moment: how much waits, how much is being done, and how far the longest of it is.

import { number } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { storeHash } from "../page/router.js";
import { operationProgress } from "../store/operation-progress.js";
import { api } from "../platform/api.js";
import { overviewCard } from "./card.js";

const SHOWN = 3;

export function queueCard({ book }) {
  const waiting = figure("Waiting");
  const running = figure("Running");
  const list = el("ul", { class: "queue" });
  const rows = new Map();
  const asked = new Set();
  const leaving = new AbortController();
  book.addEventListener("operation", arrange, { signal: leaving.signal });
  book.addEventListener("change", arrange, { signal: leaving.signal });
  return {
    node: overviewCard({ name: "queue", title: "Under way", body: [el("dl", { class: "figures" }, waiting.node, running.node), list] }),
    leave: () => leaving.abort(),
    show({ operations }) {
      waiting.show(operations.waiting);
      running.show(operations.running);
      if (operations.waiting + operations.running > 0) ask();
      else if (rows.size === 0) fill(list, el("li", { class: "muted queue__none" }, "Nothing at the moment."));
      arrange();
    },
  };

  async function ask() {
    // Without them the numbers still stand; the next figures ask again.
    book.putOperations(await api.operations().catch(() => []));
  }

  function arrange() {
    const operations = book.operationsUnderWay().slice(0, SHOWN);
    const wanted = new Set(operations.map(({ storeId }) => storeId));
    for (const [id, row] of rows) {
      if (wanted.has(id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    for (const operation of operations) show(operation);
    if (rows.size > 0) list.querySelector(".queue__none")?.remove();
    else if (list.childElementCount === 0) fill(list, el("li", { class: "muted queue__none" }, "Nothing at the moment."));
  }

  function show(operation) {
    const store = book.get(operation.storeId);
    if (!store) return askFor(operation.storeId);
    if (!rows.has(store.id)) rows.set(store.id, row(store));
    const { node, progress } = rows.get(store.id);
    progress.show(store, operation);
    if (!node.isConnected) list.append(node);
  }

  // An operation names its store by id only.
  function askFor(id) {
    if (asked.has(id)) return;
    asked.add(id);
    api.store(id).then((store) => book.put(store), () => {});
  }
}

function row(store) {
  const progress = operationProgress({ isSmall: true });
  return { node: el("li", { class: "queue__item" }, el("a", { class: "link queue__name", href: storeHash(store.id) }, store.name), progress.node), progress };
}

function figure(words) {
  const value = el("dd", { class: "figure__value tabular" }, "–");
  return { node: el("div", { class: "figure" }, el("dt", { class: "figure__words" }, words), value), show: (count) => setText(value, number(count)) };
}
