// The views by name. Each comes with its own modules and looks when it is first asked for.

import { loadStyle } from "../page/styles.js";

const MODULES = {
  overview: () => import("../overview/overview-page.js"),
  stores: () => import("../stores/store-list.js"),
  store: () => import("../store/store-page.js"),
  users: () => import("../people/user-list.js"),
  user: () => import("../people/user-page.js"),
  keys: () => import("../people/keys-page.js"),
  audit: () => import("../audit/audit-page.js"),
};
const STYLES = {
  overview: ["overview/overview.css"],
  stores: ["stores/stores.css"],
  store: ["stores/stores.css", "store/store.css"],
  users: ["people/people.css"],
  user: ["people/people.css"],
  keys: ["people/people.css"],
  audit: ["audit/audit.css"],
};

/** The module of a view, ready to be opened; throws when it could not be loaded whole. */
export async function loadView(name) {
  // A new store is asked for in a dialog above the list.
  const view = name === "create" ? "stores" : name;
  try {
    const [module] = await Promise.all([MODULES[view](), ...STYLES[view].map(loadStyle)]);
    return module;
  } catch {
    throw new Error("This part of the dashboard could not be loaded. Load the page again once the platform answers.");
  }
}
