// The one copy of what the server has said about stores. Answers and live messages arrive in any order and are
// sorted out here, so that no view ever shows an older truth over a newer one.

import { serverNow } from "./request.js";
import { OperationBook, isUnderWay } from "./operation-book.js";
import { isBusy } from "./store-status.js";

// A change younger than this may still be on its way through the stream; an older one should have come.
const STREAM_GRACE_MS = 5000;

/** Sends `change` {id, before, after}, `operation` {id} and `events` {id}. What it holds is what was seen, not all there is. */
export class StoreBook extends EventTarget {
  #stores = new Map();
  #touched = new Map();
  #events = new Map();
  // Ids are never used twice, so a store that is gone stays gone even if a late answer still lists it.
  #gone = new Set();
  #operations = new OperationBook();

  /** All stores that are known, in no order. */
  all() {
    return [...this.#stores.values()];
  }

  get(id) {
    return this.#stores.get(id) ?? null;
  }

  isGone(id) {
    return this.#gone.has(id);
  }

  /** A store's events, the newest first. */
  eventsOf(id) {
    // Ids count upwards; two events may well share a time.
    return [...(this.#events.get(id)?.values() ?? [])].sort((a, b) => b.id - a.id);
  }

  hasEventsOf(id) {
    return this.#events.has(id);
  }

  /** The latest operation of a store as far as it is known, or null. */
  operationOf(id) {
    return this.#operations.of(id);
  }

  /** Operations under way, the longest first. */
  operationsUnderWay() {
    return this.#operations.underWay();
  }

  /** Takes in operations as they come. */
  putOperations(operations) {
    for (const operation of operations) {
      if (this.#gone.has(operation.storeId) || !this.#operations.put(operation)) continue;
      this.#tell("operation", { id: operation.storeId });
    }
  }

  /** Whether work is under way whose operation is not known, or is another's. */
  get lacksOperations() {
    return this.all().some((store) => isBusy(store) && !isUnderWay(this.operationOf(store.id)));
  }

  /** Takes in a store unless a newer state of it is known. Returns whether anything changed. */
  put(store) {
    if (this.#gone.has(store.id)) return false;
    const before = this.#stores.get(store.id) ?? null;
    this.#touched.set(store.id, performance.now());
    if (before && (isOlder(store, before) || JSON.stringify(before) === JSON.stringify(store))) return false;
    this.#stores.set(store.id, store);
    this.#tell("change", { id: store.id, before, after: store });
    return true;
  }

  /** Takes in the answer to a list that has been shown since `since` (server's time). Returns how many changes in it the
   *  stream should have brought. */
  putAll(stores, since) {
    let missed = 0;
    for (const store of stores) {
      const known = this.#stores.has(store.id);
      const late = serverNow() - Date.parse(store.updatedAt) > STREAM_GRACE_MS;
      if (this.put(store) && late && (known || Date.parse(store.createdAt) > since)) missed += 1;
    }
    return missed;
  }

  /** Whether it has been heard of since then (performance.now()): what came in after a question was asked cannot be
   *  missing from the answer to it. */
  isHeardOfSince(id, askedAt) {
    return (this.#touched.get(id) ?? -Infinity) >= askedAt;
  }

  /** No longer known here, whatever it is by now. */
  forget(id) {
    const before = this.#stores.get(id);
    if (!before) return;
    this.#stores.delete(id);
    this.#touched.delete(id);
    this.#tell("change", { id, before, after: before });
  }

  /** The store is gone, for good. */
  remove(id) {
    this.#gone.add(id);
    this.#operations.forget(id);
    const before = this.#stores.get(id);
    if (!before) return;
    this.#stores.delete(id);
    this.#touched.delete(id);
    this.#tell("change", { id, before, after: null });
  }

  /** Adds events, each once. `whole`: the list is a complete answer, so the timeline counts as loaded. */
  putEvents(id, events, { whole = false } = {}) {
    // A single live event before the timeline was asked for would look like a complete timeline.
    if (!whole && !this.#events.has(id)) return;
    const known = this.#events.get(id) ?? new Map();
    for (const event of events) known.set(String(event.id), event);
    this.#events.set(id, known);
    this.#tell("events", { id });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function isOlder(store, known) {
  if (store.generation !== known.generation) return store.generation < known.generation;
  return Date.parse(store.updatedAt) < Date.parse(known.updatedAt);
}
