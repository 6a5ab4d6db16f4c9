// The one copy of what the server has said about stores. Answers and live messages arrive in any order and are
// sorted out here, so that no view ever shows an older truth over a newer one.

import { serverNow } from "./api.js";
import { OperationBook, isUnderWay } from "./operation-book.js";
import { isBusy } from "./status-badge.js";

// A change younger than this may still be on its way through the stream; an older one should have come.
const STREAM_GRACE_MS = 5000;

/** Sends `change` {id, before, after}, `operation` {id} and `events` {id}. `loaded` says whether the list has ever been complete. */
export class StoreBook extends EventTarget {
  loaded = false;
  #stores = new Map();
  #touched = new Map();
  #events = new Map();
  // Ids are never used twice, so a store that is gone stays gone even if a late answer still lists it.
  #gone = new Set();
  #operations = new OperationBook();

  /** All stores, the newest first. */
  all() {
    return [...this.#stores.values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || b.id.localeCompare(a.id));
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

  /** Takes in the whole list as asked for at `askedAt` (performance.now()). Returns how many changes the stream should have brought. */
  putAll(stores, askedAt) {
    const first = !this.loaded;
    let missed = 0;
    for (const store of stores) {
      const late = serverNow() - Date.parse(store.updatedAt) > STREAM_GRACE_MS;
      if (this.put(store) && late && !first) missed += 1;
    }
    const listed = new Set(stores.map((store) => store.id));
    for (const id of [...this.#stores.keys()]) {
      // What came in after the question was asked cannot be missing from the answer to it.
      if (!listed.has(id) && this.#touched.get(id) < askedAt) this.remove(id);
    }
    // Only now: while the first list is being taken in, nothing in it is news.
    this.loaded = true;
    if (first) this.#tell("change", { id: null, before: null, after: null });
    return missed;
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
