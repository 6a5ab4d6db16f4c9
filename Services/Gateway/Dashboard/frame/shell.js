// The frame around every view of a signed-in user: brand, how fresh the page is, who one is, the way out.

import { whisper } from "../page/announce.js";
import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { clockTime } from "../page/time.js";
import { navigation } from "./navigation.js";

const WORDS = { connecting: "Connecting", live: "Live", polling: "Polling", limited: "Waiting", offline: "Offline" };
const MEANING = {
  connecting: "Asking the platform.",
  live: "Changes arrive as they happen.",
  polling: "The live stream is away; asking every 5 seconds instead.",
  limited: "The platform was asked too often; the page waits as long as it was told to.",
  offline: "Nothing is being received.",
};

/** The frame. `show(view)` puts a view into it, `mark(name)` says in the navigation which. */
export function shell({ session, live, signOut }) {
  const state = el("span", { class: "freshness__state" });
  const time = el("span", { class: "freshness__time tabular" });
  const freshness = el(
    "button",
    { type: "button", class: "freshness", onclick: () => live.refresh() },
    el("span", { class: "freshness__dot" }),
    el("span", { class: "freshness__words" }, state, time),
  );
  const user = el("span", { class: "topbar__user" });
  const nav = navigation({ session });
  const main = el("main", { id: "main", class: "page", tabindex: "-1" });
  const banner = el("div", { class: "banner", role: "status" });
  let saidState = "";

  live.addEventListener("state", showFreshness);
  session.addEventListener("change", showUser);
  showFreshness();
  showUser();

  return {
    node: [
      el(
        "header",
        { class: "topbar" },
        el("a", { class: "brand", href: "#/" }, el("span", { class: "brand__mark" }, icon("store")), el("span", { class: "brand__name" }, "Store Platform")),
        nav.node,
        freshness,
        user,
        el("button", { type: "button", class: "button button--quiet topbar__leave", title: "Sign out", onclick: signOut }, icon("leave"), el("span", {}, "Sign out")),
      ),
      main,
      banner,
    ],
    mark: nav.mark,
    show: (view) => fill(main, view.node),
    leave: () => {
      live.removeEventListener("state", showFreshness);
      session.removeEventListener("change", showUser);
    },
  };

  function showFreshness() {
    const at = live.updatedAt ? clockTime(live.updatedAt) : "";
    freshness.dataset.state = live.state;
    setText(state, WORDS[live.state]);
    setText(time, at && `Updated ${at}`);
    freshness.title = `${MEANING[live.state]} Press to ask now.`;
    freshness.setAttribute("aria-label", `${WORDS[live.state]}.${at && ` Last updated ${at}.`} Update now`);
    const offline = live.state === "offline" || live.state === "limited";
    banner.classList.toggle("banner--shown", offline);
    if (!offline) fill(banner);
    else if (saidState !== live.state) {
      fill(banner, icon("cloudOff"), el("p", {}, el("strong", {}, live.reason), " ", at ? `You see what was known at ${at}. ` : "", "The page tries again by itself."));
    }
    // Only a change of state is worth reading out, not every new time; the banner speaks for itself.
    if (saidState && saidState !== live.state && !offline) whisper(`${WORDS[live.state]}. ${MEANING[live.state]}`);
    saidState = live.state;
  }

  function showUser() {
    setText(user, session.user?.name || session.user?.email || "");
    user.title = session.user?.email ?? "";
  }
}
