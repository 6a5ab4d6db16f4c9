// What a store uses of what its namespace may use.

import { bytes, cores, number } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { meter } from "../page/meter.js";
import { poll } from "../page/poll.js";
import { ageElement } from "../page/time.js";
import { api } from "../platform/api.js";
import { isInCluster } from "../platform/store-status.js";

const ASK_MS = 15_000;
const WORDS = {
  "requests.cpu": { label: "CPU asked for", words: cores },
  "limits.cpu": { label: "CPU at most", words: cores },
  "requests.memory": { label: "Memory asked for", words: bytes },
  "limits.memory": { label: "Memory at most", words: bytes },
  "requests.storage": { label: "Storage", words: bytes, mayBeFull: true },
  pods: { label: "Pods", words: number },
  persistentvolumeclaims: { label: "Volumes", words: number, mayBeFull: true },
};

/** The card; `show(store)` has it ask by itself while there is something to measure. */
export function usageCard({ id }) {
  const note = el("p", { class: "hint" });
  const list = el("div", { class: "usage" });
  const meters = new Map();
  const node = el("section", { class: "card card--usage", "aria-labelledby": "usage-title", "aria-busy": "true" }, el("h2", { id: "usage-title" }, "Usage"), list, note);
  const asking = poll({ ms: ASK_MS, ask: async () => take(await api.usage(id)), failed });
  return { node, show, leave: () => asking.turn(false) };

  function show(store) {
    asking.turn(isInCluster(store));
    if (!isInCluster(store)) failed({ status: 404 });
  }

  function take({ resources, observedAt }) {
    node.setAttribute("aria-busy", "false");
    const known = resources.filter(({ resource }) => WORDS[resource]);
    const order = Object.keys(WORDS);
    known.sort((a, b) => order.indexOf(a.resource) - order.indexOf(b.resource));
    if (known.length === 0) return failed({ status: 404 });
    for (const [name, each] of meters) {
      if (known.some(({ resource }) => resource === name)) continue;
      each.node.remove();
      meters.delete(name);
    }
    for (const found of known) showOne(found);
    fill(note, "Seen ", ageElement(observedAt));
  }

  function showOne({ resource, used, hard, usedValue, hardValue }) {
    const { label, words, mayBeFull } = WORDS[resource];
    if (!meters.has(resource)) {
      meters.set(resource, meter(label, { mayBeFull }));
      list.append(meters.get(resource).node);
    }
    const isNumber = Number.isFinite(usedValue) && Number.isFinite(hardValue);
    meters.get(resource).show({ part: usedValue, all: hardValue, words: isNumber ? `${words(usedValue)} of ${words(hardValue)}` : `${used} of ${hard}` });
  }

  // Old figures stay; their age says how old.
  function failed(failure) {
    node.setAttribute("aria-busy", "false");
    if (meters.size > 0 && failure.status !== 404) return;
    meters.clear();
    fill(list);
    setText(note, failure.status === 404 || failure.status === 409 ? "There is no namespace to measure." : `Not known at the moment. ${failure.message}`);
  }
}
