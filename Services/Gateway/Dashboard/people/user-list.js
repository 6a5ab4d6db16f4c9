// Who may use the platform. For administrators.

import { announce } from "../page/announce.js";
import { counted, number } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { choiceInput } from "../page/form-dialog.js";
import { icon } from "../page/icons.js";
import { moreButton } from "../page/more-button.js";
import { PagedList } from "../page/paged-list.js";
import { listHash, remember, userHash } from "../page/router.js";
import { failurePanel, skeletonRows, statePanel } from "../page/states.js";
import { ageElement } from "../page/time.js";
import { api } from "../platform/api.js";
import { may } from "../platform/permissions.js";
import { ROLES, roleWord } from "./roles.js";
import { createUser, editUser, removeUser } from "./user-actions.js";

const TYPING_MS = 250;

export function openView({ route, tools: { session, refresh: askAgain } }) {
  const isWriter = may(session, "write");
  let filters = { q: route.parameters.get("q") ?? "", role: route.parameters.get("role") ?? "" };
  let typing = 0;
  const users = new PagedList({ ask: (page) => api.users({ ...filters, ...page }), show });
  const search = el("input", { type: "search", class: "input", placeholder: "Search by name or email", "aria-label": "Search users", value: filters.q, maxlength: "100", oninput: typed });
  const role = choiceInput([["", "Any role"], ...ROLES], filters.role, { "aria-label": "Role", onchange: () => narrow({ role: role.value }) });
  const note = el("p", { class: "muted page__note tabular" }, " ");
  const body = el("div", { "aria-busy": "true" }, skeletonRows(3));
  const more = moreButton({ list: users, what: "user" });
  const node = el(
    "div",
    { class: "stack" },
    el("div", { class: "page__head" }, el("div", {}, el("h1", { class: "page__title", tabindex: "-1" }, "Users"), note), isWriter && el("div", { class: "page__tools" }, el("button", { type: "button", class: "button button--primary", onclick: () => createUser({ made: askAgain }) }, icon("plus"), "New user"))),
    el("div", { class: "filters", role: "search", "aria-label": "Users" }, el("div", { class: "search" }, icon("search"), search), el("div", { class: "filters__field" }, role)),
    body,
    more.node,
  );
  return { title: "Users", node, focus: () => node.querySelector("h1").focus({ preventScroll: true }), refresh: () => users.refresh(), leave: () => clearTimeout(typing) };

  function typed() {
    clearTimeout(typing);
    typing = setTimeout(() => narrow({ q: search.value.trim() }), TYPING_MS);
  }

  function narrow(values) {
    filters = { ...filters, ...values };
    remember(listHash("users", filters));
    users.restart();
    askAgain();
  }

  function show() {
    body.setAttribute("aria-busy", String(!users.loaded && users.failure === null));
    more.show();
    if (!users.loaded) return fill(body, users.failure ? failurePanel(users.failure, { title: "The users could not be loaded", again: askAgain }) : skeletonRows(3));
    setText(note, users.hasMore ? `${counted(users.items.length, "user")} shown, there are more` : counted(users.items.length, "user"));
    if (users.items.length === 0) return fill(body, statePanel({ symbol: "people", title: "Nobody found", text: "No user matches this search." }));
    const key = JSON.stringify(users.items);
    if (body.dataset.shows === key && body.querySelector("table")) return;
    body.dataset.shows = key;
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.for : null;
    fill(body, table());
    if (focused) [...body.querySelectorAll("[data-for]")].find(({ dataset }) => dataset.for === focused)?.focus();
  }

  function table() {
    const heads = ["User", "Role", "Stores", "Since"].map((words) => el("th", { scope: "col" }, words));
    return el("div", { class: "table-box" }, el("table", { class: "table table--cards" }, el("thead", {}, el("tr", {}, heads, isWriter && el("th", { scope: "col" }, el("span", { class: "visually-hidden" }, "Actions")))), el("tbody", {}, users.items.map(userRow))));
  }

  function userRow(user) {
    const isSelf = user.id === session.user?.id;
    return el(
      "tr",
      { "data-user": user.email },
      el("th", { scope: "row" }, el("a", { class: "link table__main", href: userHash(user.id), "data-for": `${user.id} page` }, user.name || user.email), isSelf && el("span", { class: "tag" }, "You"), el("span", { class: "hint table__sub" }, user.email)),
      el("td", { "data-label": "Role" }, roleWord(user.role)),
      el("td", { "data-label": "Stores", class: "tabular" }, el("a", { class: "link", href: listHash("stores", { owner: user.id }), "data-for": `${user.id} stores` }, `${number(user.used)} of ${number(user.maxStores)}`)),
      el("td", { "data-label": "Since" }, ageElement(user.createdAt)),
      isWriter &&
        el(
          "td",
          { class: "table__tools" },
          el("button", { type: "button", class: "button button--small", "data-for": `${user.id} edit`, "aria-label": `Edit ${user.email}`, onclick: () => editUser({ id: user.id, session, changed: askAgain }).catch((failure) => announce(failure.message)) }, icon("pencil"), "Edit"),
          !isSelf && el("button", { type: "button", class: "button button--small button--danger", "data-for": `${user.id} delete`, "aria-label": `Delete ${user.email}`, onclick: () => removeUser({ user, removed: askAgain }) }, icon("bin"), "Delete"),
        ),
    );
  }
}
