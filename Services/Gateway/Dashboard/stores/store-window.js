// The part of a list of stores that is on the page: the pages asked for so far, kept true by live messages. A store that
// sorts behind the last one of them is left to the next page.

import { PagedList } from "../page/paged-list.js";
import { api } from "../platform/api.js";
import { serverNow } from "../platform/request.js";

export class StoreWindow {
  #book;
  #query;
  #list;
  #missed = 0;
  #since = Infinity;

  /** `show()` is called when the answers have changed. */
  constructor({ book, query, show }) {
    this.#book = book;
    this.#query = query;
    this.#list = new PagedList({ ask: (page) => this.#ask(page), show });
  }

  get pages() {
    return this.#list;
  }

  get query() {
    return this.#query;
  }

  /** Asks for other stores, or for the same in another order. */
  change(query) {
    this.#query = query;
    this.#since = Infinity;
    this.#list.restart();
  }

  /** The stores on the page, in order. Before the first answer: what is known of them already. */
  stores() {
    const answered = new Set(this.#list.items.map(({ id }) => id));
    const last = this.#list.items.at(-1);
    const isWithin = (store) => answered.has(store.id) || !this.#list.hasMore || this.#query.compare(store, last) < 0;
    return this.#book
      .all()
      .filter((store) => this.#query.matches(store) && isWithin(store))
      .sort((a, b) => this.#query.compare(a, b));
  }

  /** Asks again. Resolves to the number of changes that the stream should have brought. */
  async refresh() {
    const askedAt = performance.now();
    const asked = this.#query;
    const shown = this.stores();
    this.#missed = 0;
    await this.#list.refresh();
    if (asked !== this.#query) return 0;
    if (this.#since === Infinity) this.#since = serverNow();
    else this.#dropAbsent(shown, askedAt);
    return this.#missed;
  }

  async #ask({ cursor, limit }) {
    const page = await api.stores({ ...this.#query.parameters, limit, cursor });
    this.#missed += this.#book.putAll(page.items, this.#since);
    return page;
  }

  // Without a filter there is but one reason for a store to be missing.
  #dropAbsent(shown, askedAt) {
    const listed = new Set(this.#list.items.map(({ id }) => id));
    const last = this.#list.items.at(-1);
    for (const store of shown) {
      if (listed.has(store.id) || this.#book.isHeardOfSince(store.id, askedAt)) continue;
      if (this.#list.hasMore && this.#query.compare(store, last) >= 0) continue;
      if (this.#query.isFiltered) this.#book.forget(store.id);
      else this.#book.remove(store.id);
    }
  }
}
