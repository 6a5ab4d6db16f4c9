// What a list of stores asks for: filters and order, in the API's own words. A store that a live message brings is
// judged here as the platform would judge it, so that it appears, moves and goes without a question.

import { listHash } from "../page/router.js";

const NEWEST = "-createdAt";
const FILTERS = ["q", "status", "engine", "plan", "region", "degraded", "owner"];
const NONE = { q: "", status: "", engine: "", plan: "", region: "", degraded: "", owner: "", sort: NEWEST };

/** The orders, with their words. */
export const SORTS = [
  [NEWEST, "Newest first"],
  ["createdAt", "Oldest first"],
  ["name", "Name A to Z"],
  ["-name", "Name Z to A"],
  ["-updatedAt", "Last changed first"],
];

export class StoreQuery {
  #values;

  constructor(values = {}) {
    this.#values = { ...NONE, ...values };
  }

  /** Of an address's parameters; what is not known there is left out. */
  static of(parameters) {
    const given = Object.keys(NONE).filter((name) => parameters.get(name));
    return new StoreQuery(Object.fromEntries(given.map((name) => [name, parameters.get(name)])));
  }

  get(name) {
    return this.#values[name];
  }

  /** Another one, with some values changed. */
  with(values) {
    return new StoreQuery({ ...this.#values, ...values });
  }

  /** What is sent: only what differs from the API's own defaults. */
  get parameters() {
    return Object.fromEntries(Object.entries(this.#values).filter(([name, value]) => value !== NONE[name]));
  }

  get hash() {
    return listHash("stores", this.parameters);
  }

  get isFiltered() {
    return FILTERS.some((name) => this.#values[name] !== "");
  }

  /** How many choices narrow the list, the search apart. */
  get filterCount() {
    return FILTERS.filter((name) => name !== "q" && this.#values[name] !== "").length;
  }

  matches(store) {
    const { q, degraded } = this.#values;
    const wanted = q.trim().toLowerCase();
    if (wanted && !`${store.name}\n${store.displayName ?? ""}`.toLowerCase().includes(wanted)) return false;
    if (degraded !== "" && hasDegraded(store) !== (degraded === "true")) return false;
    return ["status", "engine", "plan", "region", "owner"].every((name) => this.#values[name] === "" || store[name] === this.#values[name]);
  }

  /** The order of two stores. Ids decide between equals, so that it is the same every time. */
  compare(a, b) {
    const { sort } = this.#values;
    const isDown = sort.startsWith("-");
    const by = isDown ? sort.slice(1) : sort;
    const [first, second] = by === "name" ? [a.name, b.name] : [Date.parse(a[by]), Date.parse(b[by])];
    const order = inOrder(first, second) || inOrder(a.id, b.id);
    return isDown ? -order : order;
  }
}

// By the condition alone, as the API does: one that is being deleted may have it still.
function hasDegraded({ conditions = [] }) {
  return conditions.some(({ type, status }) => type === "Degraded" && status === "True");
}

function inOrder(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
