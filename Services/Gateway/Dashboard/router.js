// Views by the hash: they survive a reload and a bookmark, and the server needs to know only one page.

/** What a hash asks for; null when it is no address of a view (the skip link's `#main`). */
export function routeOf(hash) {
  if (hash === "" || hash === "#" || hash === "#/") return { view: "list" };
  if (hash === "#/new") return { view: "create" };
  const store = /^#\/stores\/([^/]+)$/.exec(hash);
  if (store) return { view: "store", id: safeDecode(store[1]) };
  return hash.startsWith("#/") ? { view: "list" } : null;
}

/** The hash of a store's page. */
export const storeHash = (id) => `#/stores/${encodeURIComponent(id)}`;

/** Goes to a view. */
export function go(hash) {
  location.hash = hash;
}

/** Calls `show` with the present view and with each one after it. Returns a function that ends that. */
export function followRoutes(show) {
  const follow = () => {
    const route = routeOf(location.hash);
    if (route) show(route);
  };
  addEventListener("hashchange", follow);
  show(routeOf(location.hash) ?? { view: "list" });
  return () => removeEventListener("hashchange", follow);
}

function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
