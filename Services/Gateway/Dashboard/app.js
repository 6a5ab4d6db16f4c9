// The way in: a session that still holds opens the workspace, everything else ends at the door. The workspace is
// fetched only when it is needed, so that the first view stays small.

import { announce } from "./page/announce.js";
import { api } from "./platform/api.js";
import { whenUnauthorized } from "./platform/request.js";
import { fill } from "./page/dom.js";
import { routeOf } from "./page/router.js";
import { Session } from "./platform/session.js";
import { doorView, signInView } from "./frame/sign-in.js";
import { statePanel } from "./page/states.js";

const TRY_AGAIN_MS = 5000;

const root = document.getElementById("app");
const session = new Session();
let view = null;
let closeWorkspace = null;

whenUnauthorized(() => {
  if (closeWorkspace) leave("Your session has ended. Sign in again to go on.");
});
begin();

async function begin() {
  try {
    // Who was signed in probably still is, so the workspace comes while the question is under way.
    if (session.isHinted) prepare();
    if (await session.restore()) await enter();
    else showSignIn();
  } catch (failure) {
    const text = `${failure.message} The page keeps trying.`;
    fill(root, doorView(statePanel({ symbol: "cloudOff", title: "The platform does not answer", text, alert: true })));
    setTimeout(begin, TRY_AGAIN_MS);
  }
}

function showSignIn(notice) {
  const place = (next) => fill(root, next.node);
  const signIn = async (key) => {
    await session.signIn(key);
    await enter();
  };
  change(signInView({ notice, prepare, signIn }), place);
}

/** Fetches what comes behind the door; if that fails now, entering says so. */
function prepare() {
  const { view } = routeOf(location.hash) ?? routeOf("");
  import("./frame/workspace.js").catch(() => {});
  import("./frame/views.js").then(({ loadView }) => loadView(view)).catch(() => {});
}

async function enter() {
  const { openWorkspace } = await import("./frame/workspace.js").catch(() => {
    throw new Error("The dashboard could not be loaded whole. Try again.");
  });
  closeWorkspace = openWorkspace({ session, place: (nodes) => fill(root, ...nodes), change, signOut });
}

function leave(notice) {
  closeWorkspace();
  closeWorkspace = null;
  session.forget();
  showSignIn(notice);
}

async function signOut() {
  try {
    await api.signOut();
    leave("You have signed out.");
  } catch (failure) {
    // Saying "signed out" while the cookie still holds would be a lie.
    announce(`Not signed out: ${failure.message}`);
  }
}

// Leaves the old view, shows the new one, and puts focus and title where a page load would.
function change(next, place) {
  view?.leave();
  view = next;
  place(next);
  document.title = `${next.title} · Store Platform`;
  scrollTo(0, 0);
  next.focus();
}
