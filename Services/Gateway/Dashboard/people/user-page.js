// One user: who they are, what is theirs, and their keys.

import { announce } from "../page/announce.js";
import { number } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { go, listHash } from "../page/router.js";
import { failurePanel, skeletonRows, statePanel } from "../page/states.js";
import { ageElement } from "../page/time.js";
import { api } from "../platform/api.js";
import { isAdmin, may } from "../platform/permissions.js";
import { keysCard } from "./keys-card.js";
import { roleWord } from "./roles.js";
import { editUser, removeUser } from "./user-actions.js";

export function openView({ route: { id }, tools: { session, refresh: askAgain } }) {
  const isManager = isAdmin(session) && may(session, "write");
  const title = el("h1", { class: "page__title", tabindex: "-1" }, "User");
  const note = el("p", { class: "muted page__note" }, " ");
  const tools = el("div", { class: "page__tools" });
  const facts = el("dl", { class: "facts facts--wide" });
  const keys = keysCard({ userId: id, session, askAgain });
  const body = el("div", { class: "stack" }, el("section", { class: "card", "aria-labelledby": "user-facts" }, el("h2", { id: "user-facts" }, "Details"), facts), keys.node);
  const content = el("div", {}, skeletonRows(2));
  const node = el("div", { class: "stack" }, isAdmin(session) && el("a", { class: "back", href: "#/users" }, icon("back"), "All users"), el("div", { class: "page__head" }, el("div", { class: "page__name" }, title, note), tools), content);
  let user = null;

  return {
    get title() {
      return user?.name ?? "User";
    },
    node,
    focus: () => title.focus({ preventScroll: true }),
    async refresh() {
      const [{ body: found }] = await Promise.all([api.user(id), keys.refresh()]);
      show(found);
    },
    failed(failure) {
      if (user && failure.status !== 404) return;
      fill(content, failure.status === 404 ? statePanel({ symbol: "search", title: "No such user", text: "They do not exist, or are gone." }) : failurePanel(failure, { title: "The user could not be loaded", again: askAgain }));
    },
    leave: () => {},
  };

  function show(found) {
    user = found;
    if (content.firstChild !== body) fill(content, body);
    setText(title, user.name || user.email);
    setText(note, user.email);
    document.title = `${user.name || user.email} · Store Platform`;
    fill(
      facts,
      ...[
        ["Role", roleWord(user.role)],
        ["Stores", el("a", { class: "link", href: listHash("stores", { owner: user.id }) }, `${number(user.used)} of ${number(user.maxStores)}`)],
        ["Since", ageElement(user.createdAt)],
        ["Last changed", ageElement(user.updatedAt)],
        ["Id", el("code", {}, user.id)],
        ["Audit", el("a", { class: "link", href: listHash("audit", { actor: user.id }) }, "What they did")],
      ].map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    );
    if (tools.childElementCount > 0 || !isManager) return;
    const edit = () => editUser({ id, session, changed: show }).catch((failure) => announce(failure.message));
    fill(
      tools,
      el("button", { type: "button", class: "button", onclick: edit }, icon("pencil"), "Edit"),
      user.id !== session.user?.id && el("button", { type: "button", class: "button button--danger", onclick: () => removeUser({ user, removed: () => go("#/users") }) }, icon("bin"), "Delete"),
    );
  }
}
