// What a container writes: the end of it, going on while one looks, held still while one reads.

import { counted } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { choiceInput } from "../page/form-dialog.js";
import { icon } from "../page/icons.js";
import { problemBox } from "../page/states.js";
import { clockTime, fullTime } from "../page/time.js";
import { api } from "../platform/api.js";
import { readLog } from "./log-stream.js";

const TAIL = 200;
/** More than anyone reads, little enough for a phone. */
export const KEPT_LINES = 2000;
const AGAIN_MS = [1000, 2000, 5000, 10_000];
const NEAR_END_PX = 24;
const ENDS = {
  ended: "The container has ended",
  restarted: "The container was started anew; open it again for its new run",
  gone: "The pod is gone",
  unavailable: "Nobody in this region answers",
};

/** The viewer; `offer(pods)` says what there is to choose, `open(pod, container)` begins. `closed` is called by its button. */
export function logViewer({ id, closed }) {
  const choice = choiceInput([], "", { "aria-label": "Container", class: "input select logs__choice", onchange: () => restart() });
  const previous = toggle({ words: "Previous run", press: () => restart() });
  const wrap = toggle({ words: "Wrap", symbol: "wrap", isOn: true, press: (isOn) => (lines.dataset.wrap = isOn) });
  const follow = toggle({ words: "Follow", symbol: "down", isOn: true, press: (isOn) => isOn && toEnd() });
  const pause = el("button", { type: "button", class: "button button--small", onclick: () => setPaused(!isPaused) });
  const status = el("p", { class: "hint logs__status tabular", role: "status" });
  const answer = el("div", {});
  const lines = el("div", { class: "logs__lines", tabindex: "0", role: "log", "aria-live": "off", "aria-label": "Log", "data-wrap": "true", onscroll: scrolled });
  const close = el("button", { type: "button", class: "icon-button", "aria-label": "Close the log", title: "Close the log", onclick: leaveAndTell }, icon("cross"));
  const node = el("div", { class: "logs", role: "group", "aria-label": "Log viewer" }, el("div", { class: "logs__bar" }, choice, previous.node, pause, follow.node, wrap.node, close), answer, lines, status);
  let waiting = [];
  let drawing = 0;
  let again = 0;
  let dropped = 0;
  let failures = 0;
  let isPaused = false;
  let state = "";
  // The id of the last line, from which a stream that broke off goes on.
  let last = null;
  let reading = new AbortController();
  setPaused(false);
  return { node, offer, open, leave };

  function offer(pods) {
    const options = pods.flatMap((pod) => pod.containers.map((container) => [`${pod.name}/${container.name}`, `${pod.component || pod.name} · ${container.name}`]));
    // What is being read stays to be chosen, even when its pod is gone.
    if (choice.value && !options.some(([value]) => value === choice.value)) options.push([choice.value, `${choice.value} (gone)`]);
    const key = JSON.stringify(options);
    if (choice.dataset.options === key) return;
    choice.dataset.options = key;
    const chosen = choice.value;
    choice.replaceChildren(...options.map(([value, words]) => el("option", { value, selected: value === chosen }, words)));
  }

  function open(pod, container) {
    choice.value = `${pod}/${container}`;
    restart();
    choice.focus();
    node.scrollIntoView({ block: "nearest" });
  }

  function restart() {
    stop();
    fill(lines);
    fill(answer);
    waiting = [];
    dropped = 0;
    failures = 0;
    last = null;
    begin();
  }

  function begin() {
    reading = new AbortController();
    const [pod, container] = choice.value.split("/");
    const parameters = { pod, container, tail: TAIL };
    // What has ended does not go on.
    if (previous.isOn()) return once({ ...parameters, previous: true });
    goOn(parameters, reading.signal);
  }

  async function once(parameters) {
    say("Asking");
    const { signal } = reading;
    try {
      const answered = await api.logs(id, parameters);
      if (signal.aborted) return;
      if (answered.omitted > 0) lost(`${counted(answered.omitted, "older line")} left out: too much for one answer.`);
      waiting.push(...answered.lines);
      say(answered.lines.length === 0 ? "The previous run has left no log" : "The previous run");
      draw();
    } catch (failure) {
      if (!signal.aborted) refused(failure);
    }
  }

  async function goOn(parameters, signal) {
    say("Connecting");
    try {
      const reason = await readLog({
        path: api.logStream(id, parameters),
        after: last,
        signal,
        opened: () => {
          fill(answer);
          say("Live");
        },
        gap: lost,
        line: (each, lineId) => {
          failures = 0;
          last = lineId ?? last;
          waiting.push(each);
          draw();
        },
      });
      if (!signal.aborted) say(ENDS[reason] ?? "The log has ended");
    } catch (failure) {
      if (!signal.aborted) refused(failure, () => goOn(parameters, signal));
    }
  }

  function lost(message) {
    waiting.push({ text: message, isNote: true });
    draw();
  }

  function refused(failure, retry) {
    if (!failure.isOutage || !retry) {
      say("Not available");
      return fill(answer, problemBox(failure));
    }
    const pauseMs = Math.max(failure.retryAfterMs, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
    failures += 1;
    say(`Interrupted: ${failure.message} Trying again`);
    again = setTimeout(retry, pauseMs);
  }

  function draw() {
    drawing ||= requestAnimationFrame(() => {
      drawing = 0;
      if (!isPaused) place();
      show();
    });
  }

  function place() {
    const coming = waiting.splice(0).slice(-KEPT_LINES);
    lines.append(...coming.map(lineElement));
    while (lines.childElementCount > KEPT_LINES) {
      lines.firstChild.remove();
      dropped += 1;
    }
    if (follow.isOn()) toEnd();
  }

  function setPaused(next) {
    isPaused = next;
    pause.setAttribute("aria-pressed", String(isPaused));
    fill(pause, icon(isPaused ? "play" : "pause"), isPaused ? "Go on" : "Pause");
    if (!isPaused) draw();
  }

  function say(words) {
    state = words;
    show();
  }

  function show() {
    // While one reads, what comes is kept, but not without bound.
    if (waiting.length > KEPT_LINES) dropped += waiting.splice(0, waiting.length - KEPT_LINES).length;
    const count = lines.childElementCount;
    setText(status, [state, counted(count, "line"), isPaused && waiting.length > 0 ? `${waiting.length} more wait` : "", dropped > 0 ? `${counted(dropped, "older line")} left out` : ""].filter(Boolean).join(" · "));
  }

  function toEnd() {
    lines.scrollTop = lines.scrollHeight;
  }

  // Whoever scrolls up wants to read; whoever comes back to the end wants to follow.
  function scrolled() {
    follow.set(lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_END_PX);
  }

  function stop() {
    clearTimeout(again);
    reading.abort();
  }

  function leaveAndTell() {
    leave();
    closed();
  }

  function leave() {
    stop();
    cancelAnimationFrame(drawing);
  }
}

function lineElement({ at, text, isNote }) {
  if (isNote) return el("p", { class: "logs__note" }, text);
  return el("div", { class: "logs__line" }, at && el("time", { class: "logs__time", datetime: at, title: fullTime(at) }, clockTime(at), " "), el("span", { class: "logs__text" }, text));
}

function toggle({ words, symbol, isOn = false, press }) {
  const node = el("button", { type: "button", class: "button button--small", "aria-pressed": String(isOn), onclick: () => {
    set(node.getAttribute("aria-pressed") !== "true");
    press(node.getAttribute("aria-pressed") === "true");
  } }, symbol && icon(symbol), words);
  return { node, set, isOn: () => node.getAttribute("aria-pressed") === "true" };

  function set(next) {
    node.setAttribute("aria-pressed", String(next));
  }
}
