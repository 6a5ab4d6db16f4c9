// What can be done with a store: asked of the API, and the answer taken into the book.

import { api } from "../platform/api.js";

/** The actions. `refresh()` asks for what is shown once more. */
export function storeActions({ book, refresh }) {
  return {
    async load(id) {
      const [store, operations] = await Promise.all([api.store(id), api.operations(id), loadEvents(id)]);
      const missed = book.putAll([store], Infinity);
      book.putOperations(operations);
      return missed;
    },

    create: async (store, key) => accepted(await api.create(store, key)),

    async retry(id) {
      accepted(await api.retry(id));
      refresh();
    },

    async remove(id) {
      try {
        accepted(await api.remove(id));
      } catch (failure) {
        // Someone else was faster; what was asked for is done.
        if (failure.status !== 404) throw failure;
        book.remove(id);
      }
      refresh();
    },

    protect: async (id, isOn) => book.put(await api.change(id, { deletionProtection: isOn })),

    /** Refused when someone else has changed the store meanwhile. */
    async rename(id, displayName) {
      const { body, etag } = await api.storeWithTag(id);
      book.put(body);
      book.put(await api.change(id, { displayName }, etag));
    },

    async rotate(id, database) {
      accepted(await api.rotate(id, database));
      refresh();
    },

    reveal: (id) => api.reveal(id),
  };

  async function loadEvents(id) {
    if (book.isGone(id)) return;
    try {
      book.putEvents(id, await api.events(id), { whole: true });
    } catch (failure) {
      // The store's own answer says better than its events that it is gone.
      if (failure.status !== 404) throw failure;
    }
  }

  function accepted({ store, operation }) {
    book.put(store);
    book.putOperations([operation]);
    return store;
  }
}
