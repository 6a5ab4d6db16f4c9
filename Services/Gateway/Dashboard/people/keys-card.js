// A user's API keys: what each may do, until when, and when it was last used. The keys themselves nobody can show.

import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { skeletonRows } from "../page/states.js";
import { ageElement, fullTime } from "../page/time.js";
import { api } from "../platform/api.js";
import { hasScope } from "../platform/permissions.js";
import { serverNow } from "../platform/request.js";
import { createKey, revokeKey, rotateKey } from "./key-actions.js";
import { scopeWord } from "./roles.js";

const STATES = { active: "check", expiring: "clock", expired: "clock", revoked: "cross" };

/** The card; `refresh()` asks for the keys. `userId` may be `me`. */
export function keysCard({ userId, session, askAgain }) {
  // Everyone looks after their own keys, viewers too.
  const isWriter = hasScope(session, "write");
  const list = el("ul", { class: "keys" });
  const body = el("div", {}, skeletonRows(2));
  const create = isWriter && el("button", { type: "button", class: "button button--primary", onclick: () => createKey({ userId, session, done: askAgain }) }, icon("plus"), "New key");
  const node = el("section", { class: "card", "aria-labelledby": "keys-title" }, el("div", { class: "card__head card__head--tools" }, el("h2", { id: "keys-title" }, "API keys"), create), body);
  let shown = "";
  const card = { node, refresh, loaded: false };
  return card;

  async function refresh() {
    const keys = await api.keys(userId);
    card.loaded = true;
    const key = JSON.stringify(keys);
    if (key === shown) return;
    shown = key;
    // Those that work stand first, the newest before the others.
    const sorted = [...keys].sort((a, b) => isOver(a) - isOver(b) || Date.parse(b.createdAt) - Date.parse(a.createdAt));
    fill(list, ...sorted.map(keyItem));
    fill(body, keys.length > 0 ? list : el("p", { class: "muted" }, "No keys. Without one, nobody gets in."));
  }

  function keyItem(key) {
    const state = stateOf(key);
    const isOwn = key.id === session.user?.key?.id;
    return el(
      "li",
      { class: "key", "data-state": state, "data-key": key.name || key.prefix },
      el(
        "div",
        { class: "key__text" },
        el("p", { class: "key__name" }, key.name || "Without a name", isOwn && el("span", { class: "tag" }, "This session"), el("span", { class: "key__state" }, icon(STATES[state]), wordOf(state))),
        el("p", { class: "key__facts hint" }, el("code", {}, `${key.prefix}…`), key.scopes.map((scope) => el("span", { class: "tag" }, scopeWord(scope)))),
        el("p", { class: "key__facts hint" }, ...facts(key, state)),
      ),
      isWriter &&
        !isOver(key) &&
        el(
          "div",
          { class: "key__tools" },
          el("button", { type: "button", class: "button button--small", "aria-label": `Rotate ${key.name || key.prefix}`, onclick: () => rotateKey({ userId, key, isOwn, done: askAgain }) }, icon("again"), "Rotate"),
          el("button", { type: "button", class: "button button--small button--danger", "aria-label": `Revoke ${key.name || key.prefix}`, onclick: () => revokeKey({ userId, key, isOwn, done: askAgain }) }, icon("bin"), "Revoke"),
        ),
    );
  }
}

function facts(key, state) {
  const at = (words, instant) => el("span", {}, `${words} `, ageElement(instant));
  return [
    at("Made", key.createdAt),
    key.lastUsedAt ? at("Last used", key.lastUsedAt) : el("span", {}, "Never used"),
    state === "revoked" ? at("Revoked", key.revokedAt) : key.expiresAt ? el("span", {}, `${state === "expired" ? "Expired" : "Expires"} ${fullTime(key.expiresAt)}`) : el("span", {}, "Does not expire"),
  ];
}

function stateOf({ revokedAt, expiresAt }) {
  if (revokedAt) return "revoked";
  if (!expiresAt) return "active";
  const left = Date.parse(expiresAt) - serverNow();
  if (left <= 0) return "expired";
  return left < 7 * 86_400_000 ? "expiring" : "active";
}

const isOver = (key) => Number(["revoked", "expired"].includes(stateOf(key)));
const wordOf = (state) => ({ active: "Active", expiring: "Expires soon", expired: "Expired", revoked: "Revoked" })[state];
