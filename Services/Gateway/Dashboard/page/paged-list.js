// A list that the platform gives out page by page: the first, more of it when asked for, and again from the start when
// something may have changed. What is shown stays until the answer is here.

/** `ask({ cursor, limit })` brings a page; `show()` is called when there is something new to show. */
export class PagedList {
  items = [];
  loaded = false;
  failure = null;
  isLoading = false;
  #cursor = null;
  #ask;
  #show;
  #size;
  #round = 0;

  constructor({ ask, show, size = 50 }) {
    this.#ask = ask;
    this.#show = show;
    this.#size = size;
  }

  get hasMore() {
    return this.#cursor !== null;
  }

  /** Forgets what is there: other filters ask for another list. */
  restart() {
    this.#round += 1;
    this.items = [];
    this.loaded = false;
    this.failure = null;
    this.#cursor = null;
    this.#show();
  }

  /** Asks for all that is shown once more. Throws ApiError. */
  async refresh() {
    const round = this.#round;
    const wanted = Math.max(this.items.length, this.#size);
    const items = [];
    let cursor = null;
    try {
      do {
        const page = await this.#ask({ cursor, limit: Math.min(100, wanted - items.length) });
        items.push(...page.items);
        cursor = page.nextCursor ?? null;
      } while (cursor && items.length < wanted);
    } catch (failure) {
      if (round === this.#round) this.#failed(failure);
      throw failure;
    }
    // Other filters were chosen meanwhile: this is the answer to another question.
    if (round !== this.#round) return;
    Object.assign(this, { items, loaded: true, failure: null });
    this.#cursor = cursor;
    this.#show();
  }

  /** Asks for the next page. Resolves to how many came; throws ApiError. */
  async more() {
    const round = this.#round;
    this.isLoading = true;
    this.#show();
    try {
      const page = await this.#ask({ cursor: this.#cursor, limit: this.#size });
      if (round !== this.#round) return 0;
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))];
      this.#cursor = page.nextCursor ?? null;
      return page.items.length;
    } finally {
      this.isLoading = false;
      this.#show();
    }
  }

  #failed(failure) {
    this.failure = failure;
    this.#show();
  }
}
