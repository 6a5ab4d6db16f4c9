// Everything behind the door: the book, the live connection, the frame and the views, wired together.

import { announce, whisper } from "./announce.js";
import { api } from "./api.js";
import { createDialog } from "./create-form.js";
import { LiveConnection } from "./live.js";
import { followRoutes, go, storeHash } from "./router.js";
import { shell } from "./shell.js";
import { isBusy, statusWord } from "./status-badge.js";
import { isDegraded } from "./store-degraded.js";
import { StoreBook } from "./store-book.js";
import { storeListView } from "./store-list.js";
import { storePageView } from "./store-page.js";
import { startClock } from "./time.js";

const QUOTA_QUIET_MS = 800;

startClock();

/** Opens the workspace of the signed-in user. `place(nodes)` puts it on the page, `change(view, place)` shows a view in
 *  it, `signOut` is asked for by its button. Returns a function that closes it. */
export function openWorkspace({ session, place, change, signOut }) {
  const book = new StoreBook();
  let openStoreId = null;
  let quotaTimer = 0;
  const live = new LiveConnection({
    load: async () => {
      const askedAt = performance.now();
      const [stores] = await Promise.all([api.stores(), openStoreId && loadEvents(openStoreId)]);
      const missed = book.putAll(stores, askedAt);
      // The stream brings operations as they change; what it cannot bring is asked for only where there is something.
      if (stores.some(isBusy) && (live.state !== "live" || book.lacksOperations)) book.putOperations(await api.operations());
      return missed;
    },
    handlers: {
      store: (store) => book.put(store),
      operation: (operation) => book.putOperations([operation]),
      event: (event) => book.putEvents(event.storeId, [event]),
      storeDeleted: ({ id }) => book.remove(id),
    },
    isBusy: () => book.all().some(isBusy),
  });
  const frame = shell({ session, live, signOut });
  place(frame.node);
  book.addEventListener("change", ({ detail }) => sayChange(detail));
  live.start();
  const unfollow = followRoutes(showRoute);

  return () => {
    clearTimeout(quotaTimer);
    live.close();
    unfollow();
    frame.leave();
  };

  function showRoute(route) {
    if (route.view === "store") {
      openStoreId = route.id;
      change(storePageView({
        book,
        id: route.id,
        load: () => loadStore(route.id),
        retry: () => retry(route.id),
        remove: () => remove(route.id),
        protect: (isOn) => protect(route.id, isOn),
      }), frame.show);
      return;
    }
    openStoreId = null;
    const list = storeListView({ book, session, live });
    change(list, frame.show);
    if (route.view === "create") showCreate(list);
  }

  function showCreate(list) {
    let made = null;
    const dialog = createDialog({
      create: async (store, key) => {
        made = accepted(await api.create(store, key));
      },
      plans: api.plans,
      closed: () => {
        dialog.node.remove();
        if (made) go(storeHash(made.id));
        else if (location.hash === "#/new") go("#/");
      },
    });
    list.node.append(dialog.node);
    dialog.open();
  }

  async function loadStore(id) {
    const [store, operations] = await Promise.all([book.get(id) ?? api.store(id), api.operations(id), loadEvents(id)]);
    book.put(store);
    book.putOperations(operations);
  }

  async function loadEvents(id) {
    if (book.isGone(id)) return;
    try {
      book.putEvents(id, await api.events(id), { whole: true });
    } catch (failure) {
      // The store's own answer says better than its events that it is gone.
      if (failure.status !== 404) throw failure;
    }
  }

  async function retry(id) {
    accepted(await api.retry(id));
    live.refresh();
  }

  async function remove(id) {
    try {
      accepted(await api.remove(id));
    } catch (failure) {
      // Someone else was faster; what was asked for is done.
      if (failure.status !== 404) throw failure;
      book.remove(id);
    }
    live.refresh();
  }

  async function protect(id, isOn) {
    book.put(await api.change(id, { deletionProtection: isOn }));
  }

  function accepted({ store, operation }) {
    book.put(store);
    book.putOperations([operation]);
    return store;
  }

  function sayChange({ before, after }) {
    if (!book.loaded) return;
    if (before === null || after === null) refreshQuota();
    if (before && !after) announce(`${before.name} is gone.`);
    if (!before || !after) return;
    if (after.status === "READY" && isDegraded(before) !== isDegraded(after)) {
      announce(isDegraded(after) ? `${after.name} does not sell at the moment.` : `${after.name} sells again.`);
    }
    if (before.status === after.status) return;
    if (after.status === "READY") announce(`${after.name} is ready.`);
    else if (after.status === "FAILED") announce(`${after.name} could not be provisioned.`);
    else whisper(`${after.name}: ${statusWord(after.status)}.`);
  }

  // Once after a burst of changes, not once for each.
  function refreshQuota() {
    clearTimeout(quotaTimer);
    quotaTimer = setTimeout(() => session.user && session.reload().catch(() => {}), QUOTA_QUIET_MS);
  }
}
