// Ages and durations, and the one clock that keeps those on the page true.

import { serverNow } from "../platform/request.js";
import { el, setText } from "./dom.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayClock = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const minutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. Negative spans (clocks differ) count as nothing. */
export function duration(ms) {
  if (ms < SECOND) return ms > 50 ? `${Math.round(ms / 10) * 10} ms` : "0 s";
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return pair(ms, HOUR, "h", MINUTE, "min");
  return pair(ms, DAY, "d", HOUR, "h");
}

/** `just now`, `12 min ago`, `3 d ago`. */
export function age(instant) {
  const ms = serverNow() - Date.parse(instant);
  if (ms < MINUTE) return "just now";
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

/** Hours, minutes and seconds of a point in time, in the reader's zone. */
export const clockTime = (instant) => clock.format(new Date(instant));

/** The time of day, with the day where it was not within the last twelve hours. */
export function eventTime(instant) {
  return serverNow() - Date.parse(instant) < DAY / 2 ? clockTime(instant) : dayClock.format(new Date(instant));
}

/** Hours and minutes. */
export const hourMinute = (instant) => minutes.format(new Date(instant));

/** Date and time in words, in the reader's zone. */
export const fullTime = (instant) => full.format(new Date(instant));

/** A `<time>` that keeps saying how long ago it was. */
export function ageElement(instant) {
  return el("time", { datetime: instant, title: fullTime(instant), "data-age": true }, age(instant));
}

/** A `<span>` that counts up from a point in time. */
export function runningElement(instant) {
  return el("span", { class: "tabular", "data-running": instant }, sinceSeconds(instant));
}

/** A `<span>` that counts down to an expected end, in milliseconds of the server's time. */
export function leftElement(end) {
  return el("span", { "data-left": end }, left(end));
}

/** Keeps every age and running duration on the page true. Found by attribute, so nothing has to be unregistered. */
export function startClock() {
  setInterval(() => {
    if (document.hidden) return;
    for (const node of document.querySelectorAll("[data-age]")) setText(node, age(node.dateTime));
    for (const node of document.querySelectorAll("[data-running]")) setText(node, sinceSeconds(node.dataset.running));
    for (const node of document.querySelectorAll("[data-left]")) setText(node, left(Number(node.dataset.left)));
  }, SECOND);
}

// Whole seconds: tenths that change once a second look broken.
function sinceSeconds(instant) {
  const ms = Math.max(0, serverNow() - Date.parse(instant));
  return ms < MINUTE ? `${Math.floor(ms / SECOND)} s` : duration(ms);
}

// Rounded up to whole seconds: "about 0 s left" would be a promise broken a moment later.
function left(end) {
  const seconds = Math.ceil((end - serverNow()) / SECOND);
  if (seconds < 1) return "any moment now";
  return `about ${seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`;
}

function pair(ms, large, largeUnit, small, smallUnit) {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeUnit}${rest ? ` ${rest} ${smallUnit}` : ""}`;
}
