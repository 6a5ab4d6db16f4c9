// One thing that was done.

import { el } from "../page/dom.js";
import { storeHash, userHash } from "../page/router.js";
import { eventTime, fullTime } from "../page/time.js";
import { ACTIONS, isDelicate } from "./actions.js";

/** The entry as an item of a list. */
export function auditEntry({ at, actor, action, storeId, target, address, requestId, metadata }) {
  const [, words] = ACTIONS[action] ?? [action, action];
  return el(
    "li",
    { class: "audit__item", "data-action": action, "data-delicate": isDelicate(action) },
    el("span", { class: "audit__mark" }),
    el(
      "div",
      { class: "audit__text" },
      el("p", {}, who(actor), ` ${words} `, what({ storeId, target, action })),
      el("p", { class: "hint audit__facts" }, el("code", {}, action), actor?.keyPrefix && el("span", {}, "key ", el("code", {}, `${actor.keyPrefix}…`)), address && el("span", {}, "from ", el("code", {}, address)), requestId && el("span", {}, "request ", el("code", {}, requestId))),
      details(metadata),
    ),
    el("time", { class: "audit__when hint tabular", datetime: at, title: fullTime(at) }, eventTime(at)),
  );
}

function who(actor) {
  if (!actor?.userId) return el("strong", {}, actor?.name || "Someone unknown");
  return el("a", { class: "link audit__who", href: userHash(actor.userId) }, actor.name || actor.userId);
}

function what({ storeId, target, action }) {
  const words = target || storeId;
  if (!words || action.startsWith("session.")) return null;
  return storeId ? el("a", { class: "link", href: storeHash(storeId) }, words) : el("strong", {}, words);
}

function details(metadata) {
  const pairs = Object.entries(metadata ?? {}).filter(([, value]) => value !== null && value !== "");
  if (pairs.length === 0) return null;
  return el("details", { class: "event__more" }, el("summary", {}, "Details"), el("dl", { class: "pairs" }, pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, typeof value === "object" ? JSON.stringify(value) : String(value))])));
}
