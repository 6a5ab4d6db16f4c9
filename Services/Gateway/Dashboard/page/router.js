// Views by the hash: they survive a reload and a bookmark, and the server needs to know only one page. What follows a
// question mark are the view's own filters.

const PLACES = { "": "overview", stores: "stores", new: "create", users: "users", keys: "keys", audit: "audit" };

/** What a hash asks for; null when it is no address of a view (the skip link's `#main`). */
export function routeOf(hash) {
  if (hash !== "" && hash !== "#" && !hash.startsWith("#/")) return null;
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parameters = new URLSearchParams(query);
  const one = /^(stores|users)\/([^/]+)$/.exec(path);
  if (one) return { view: one[1] === "stores" ? "store" : "user", id: safeDecode(one[2]), parameters };
  return { view: PLACES[path] ?? "overview", parameters };
}

/** The hash of a store's page. */
export const storeHash = (id) => `#/stores/${encodeURIComponent(id)}`;

/** The hash of a user's page. */
export const userHash = (id) => `#/users/${encodeURIComponent(id)}`;

/** A list's hash with those of its filters that say something. */
export function listHash(place, parameters) {
  const present = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return `#/${place}${present.length > 0 ? `?${new URLSearchParams(present)}` : ""}`;
}

/** Goes to a view. */
export function go(hash) {
  location.hash = hash;
}

/** Puts a list's filters into the address without making a step of the history of each letter. */
export function remember(hash) {
  history.replaceState(null, "", hash);
}

/** Calls `show` with the present view and with each one after it. Returns a function that ends that. */
export function followRoutes(show) {
  const follow = () => {
    const route = routeOf(location.hash);
    if (route) show(route);
  };
  addEventListener("hashchange", follow);
  show(routeOf(location.hash) ?? routeOf(""));
  return () => removeEventListener("hashchange", follow);
}

function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
