// The operations of stores as the server last told of them. Answers and live messages arrive in any order; what is
// further along wins, so that no bar ever goes back.

import { serverNow } from "./request.js";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

/** Whether somebody still works on it, or will. */
export const isUnderWay = (operation) => Boolean(operation) && !ENDED.has(operation.status);

export class OperationBook {
  #latest = new Map();

  /** The latest operation of a store, or null. */
  of(storeId) {
    return this.#latest.get(storeId) ?? null;
  }

  /** The latest operations that are under way, the longest first. */
  underWay() {
    return [...this.#latest.values()].filter(isUnderWay).sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  }

  /** Takes in an operation unless a later one, or more of it, is known. Returns whether it is news. */
  put(operation) {
    const known = this.of(operation.storeId);
    if (known && !isNews(operation, known)) return false;
    // What is left was counted from the moment of telling.
    const left = operation.estimatedSeconds;
    const endsAt = Number.isFinite(left) ? serverNow() + left * 1000 : null;
    this.#latest.set(operation.storeId, { ...operation, toldAt: serverNow(), endsAt });
    return true;
  }

  forget(storeId) {
    this.#latest.delete(storeId);
  }
}

function isNews(operation, known) {
  if (operation.id !== known.id) return Date.parse(operation.startedAt) >= Date.parse(known.startedAt);
  if (ENDED.has(known.status)) return false;
  if (ENDED.has(operation.status)) return true;
  return operation.progress >= known.progress && operation.steps.length >= known.steps.length;
}
