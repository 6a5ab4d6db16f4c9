// What happened to a store, the newest first: what one waits for appears where one looks.

import { el, fill } from "../page/dom.js";
import { duration, eventTime, fullTime } from "../page/time.js";

/** `helmReleaseInstalled`, `store.ready` and `STORE_READY` as words. */
export function eventWords(event) {
  const words = String(event)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[._-]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The timeline; `show(events, store)` brings it up to date without touching the entries already there. */
export function timeline() {
  const list = el("ol", { class: "timeline", reversed: true });
  const entries = new Map();
  return { node: list, show };

  function show(events, store) {
    if (events.length === 0) {
      entries.clear();
      fill(list, el("li", { class: "timeline__none muted" }, "Nothing has happened yet."));
      return;
    }
    if (entries.size === 0) fill(list);
    let before = null;
    for (const event of [...events].reverse()) {
      const key = String(event.id);
      if (!entries.has(key)) {
        entries.set(key, entry(event, store));
        list.insertBefore(entries.get(key), before ?? null);
      }
      before = entries.get(key);
    }
  }
}

function entry(event, store) {
  const words = eventWords(event.event);
  const after = Date.parse(event.createdAt) - Date.parse(store.createdAt);
  return el(
    "li",
    { class: "event", "data-mood": moodOf(event.event) },
    el("span", { class: "event__dot" }),
    el(
      "div",
      { class: "event__body" },
      el("p", { class: "event__message" }, event.message || words),
      event.message && el("p", { class: "hint" }, words),
      metadata(event.metadata),
    ),
    el(
      "span",
      { class: "event__when tabular" },
      el("time", { datetime: event.createdAt, title: fullTime(event.createdAt) }, eventTime(event.createdAt)),
      after >= 0 && after < 86_400_000 && el("span", { class: "hint" }, `+${duration(after)}`),
    ),
  );
}

function metadata(values) {
  const pairs = Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== "");
  if (pairs.length === 0) return null;
  return el(
    "details",
    { class: "event__more" },
    el("summary", {}, "Details"),
    el("dl", { class: "pairs" }, pairs.flatMap(([name, value]) => [el("dt", {}, eventWords(name)), el("dd", {}, typeof value === "object" ? JSON.stringify(value) : String(value))])),
  );
}

function moodOf(name) {
  if (/fail|error|timeout|refus|stuck|degraded/i.test(name)) return "bad";
  if (/^(provisioned|recovered|namespaceReleased|ready|removed|deleted)$/.test(name)) return "good";
  return "plain";
}
