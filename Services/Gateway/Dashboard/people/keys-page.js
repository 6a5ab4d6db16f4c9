// One's own keys.

import { el, fill } from "../page/dom.js";
import { failurePanel } from "../page/states.js";
import { keysCard } from "./keys-card.js";

export function openView({ tools: { session, refresh: askAgain } }) {
  const note = el("p", { class: "muted page__note" });
  const keys = keysCard({ userId: "me", session, askAgain });
  const content = el("div", {}, keys.node);
  const node = el("div", { class: "stack" }, el("div", { class: "page__head" }, el("div", {}, el("h1", { class: "page__title", tabindex: "-1" }, "Your keys"), note)), content);
  fill(note, `${session.user?.email ?? ""} · `, el("a", { class: "link", href: "/docs" }, "How to use them: the API’s own pages"));
  return {
    title: "Your keys",
    node,
    focus: () => node.querySelector("h1").focus({ preventScroll: true }),
    async refresh() {
      await keys.refresh();
      if (content.firstChild !== keys.node) fill(content, keys.node);
    },
    failed: (failure) => keys.loaded || fill(content, failurePanel(failure, { title: "Your keys could not be loaded", again: askAgain })),
    leave: () => {},
  };
}
