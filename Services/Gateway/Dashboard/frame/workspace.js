// Everything behind the door: the book, the live connection, the frame and the views, wired together.

import { announce } from "../page/announce.js";
import { el } from "../page/dom.js";
import { followRoutes } from "../page/router.js";
import { statePanel } from "../page/states.js";
import { startClock } from "../page/time.js";
import { api } from "../platform/api.js";
import { LiveConnection } from "../platform/live.js";
import { StoreBook } from "../platform/store-book.js";
import { isBusy } from "../platform/store-status.js";
import { shell } from "./shell.js";
import { storeActions } from "./store-actions.js";
import { tellNews } from "./store-news.js";
import { loadView } from "./views.js";

const QUOTA_QUIET_MS = 800;

startClock();

/** Opens the workspace of the signed-in user. `place(nodes)` puts it on the page, `change(view, place)` shows a view in
 *  it, `signOut` is asked for by its button. Returns a function that closes it. */
export function openWorkspace({ session, place, change, signOut }) {
  const book = new StoreBook();
  const closing = new AbortController();
  let view = null;
  let wanted = null;
  let quotaTimer = 0;
  const live = new LiveConnection({
    load: () => load(view),
    handlers: {
      store: (store) => {
        if (!book.get(store.id)) refreshQuota();
        book.put(store);
      },
      operation: (operation) => book.putOperations([operation]),
      event: (event) => book.putEvents(event.storeId, [event]),
      storeDeleted: ({ id }) => {
        book.remove(id);
        refreshQuota();
      },
    },
    isBusy: () => book.all().some(isBusy),
  });
  const actions = storeActions({ book, refresh: () => live.refresh() });
  const frame = shell({ session, live, signOut });
  const tools = { book, session, live, actions, refresh: () => live.refresh() };
  place(frame.node);
  tellNews({ book, isTheirs: (store) => store.owner === session.user?.id || store.id === view?.storeId, signal: closing.signal });
  const unfollow = followRoutes(showRoute);

  return () => {
    closing.abort();
    clearTimeout(quotaTimer);
    live.close();
    unfollow();
    frame.leave();
  };

  async function showRoute(route) {
    wanted = route;
    frame.mark(route.view);
    let opened;
    try {
      const { openView } = await loadView(route.view);
      if (isStale(route)) return;
      opened = openView({ route, tools });
    } catch (failure) {
      if (isStale(route)) return;
      opened = brokenView(failure);
    }
    view = opened;
    change(opened, frame.show);
    // "Live" says that what is shown is; so not before there is something.
    if (live.isStarted) live.refresh();
    else live.start();
  }

  // Someone who clicks faster than the modules come gets what they clicked last.
  function isStale(route) {
    return route !== wanted || closing.signal.aborted;
  }

  /** Asks for what a view shows. Resolves to the number of changes that the stream should have brought. */
  async function load(shown) {
    let missed = 0;
    try {
      missed = (await shown?.refresh?.()) ?? 0;
    } catch (failure) {
      shown.failed?.(failure);
      // That one may not see a thing, or that it is gone, is no fault of the connection.
      if (failure.isOutage ?? true) throw failure;
    }
    // The stream brings operations as they change; what it cannot bring is asked for only where there is something.
    if (book.lacksOperations || (live.state !== "live" && book.all().some(isBusy))) book.putOperations(await api.operations());
    return missed;
  }

  // Once after a burst of changes, not once for each.
  function refreshQuota() {
    clearTimeout(quotaTimer);
    // Only a number in a corner: the next change asks again.
    quotaTimer = setTimeout(() => session.user && session.reload().catch((failure) => announce(failure.message)), QUOTA_QUIET_MS);
  }
}

function brokenView(failure) {
  const again = el("button", { type: "button", class: "button", onclick: () => location.reload() }, "Load the page again");
  const node = statePanel({ symbol: "cloudOff", title: "Not loaded", text: failure.message, actions: [again], alert: true });
  return { title: "Not loaded", node, focus: () => again.focus(), leave: () => {} };
}
