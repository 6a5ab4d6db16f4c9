// The pods of a store, each with its containers and the way to what they write.

import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { poll } from "../page/poll.js";
import { problemBox } from "../page/states.js";
import { ageElement } from "../page/time.js";
import { api } from "../platform/api.js";
import { isInCluster } from "../platform/store-status.js";
import { logViewer } from "./log-viewer.js";

const ASK_MS = 10_000;

/** The card; `show(store)` has it ask by itself while there may be pods. */
export function podsCard({ id }) {
  const list = el("ul", { class: "pods" });
  const none = el("p", { class: "muted" }, "Asking for its pods.");
  const place = el("div", {});
  const node = el("section", { class: "card card--pods", "aria-labelledby": "pods-title" }, el("h2", { id: "pods-title" }, "Pods and logs"), none, list, place);
  let viewer = null;
  let pods = [];
  let shown = "";
  const asking = poll({ ms: ASK_MS, ask: async () => take(await api.pods(id)), failed });
  return { node, show, leave };

  function show(store) {
    asking.turn(isInCluster(store));
    if (!isInCluster(store)) take([]);
  }

  function take(next) {
    pods = next;
    viewer?.offer(pods);
    none.hidden = pods.length > 0;
    setText(none, "It has no pods at the moment.");
    const key = JSON.stringify(pods);
    if (key === shown) return;
    shown = key;
    // Rebuilt as a whole: what has the focus is found again by its name.
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.opens : null;
    fill(list, ...pods.map((pod) => podRow(pod, open)));
    if (focused) [...list.querySelectorAll("[data-opens]")].find(({ dataset }) => dataset.opens === focused)?.focus();
  }

  function failed(failure) {
    if (pods.length > 0) return;
    none.hidden = failure.isOutage && failure.status !== 429;
    if (failure.status === 404 || failure.status === 409) return setText(none, "It has no pods at the moment.");
    none.hidden = true;
    fill(list, el("li", {}, problemBox(failure)));
    shown = "";
  }

  function open(pod, container) {
    viewer?.leave();
    viewer = logViewer({
      id,
      closed: () => {
        viewer = null;
        fill(place);
      },
    });
    fill(place, viewer.node);
    viewer.offer(pods);
    viewer.open(pod, container);
  }

  function leave() {
    asking.turn(false);
    viewer?.leave();
  }
}

function podRow({ name, component, phase, ready, restarts, startedAt, containers }, open) {
  const isFine = ready || phase === "Succeeded";
  return el(
    "li",
    { class: "pod", "data-fine": isFine },
    el("span", { class: "pod__mark" }, icon(isFine ? "check" : phase === "Pending" ? "clock" : "alert")),
    el(
      "div",
      { class: "pod__text" },
      el("p", { class: "pod__name" }, component || name, " ", el("code", { class: "hint" }, name)),
      el("p", { class: "hint" }, [stateOf({ phase, ready, containers }), restarts > 0 ? `${restarts} restart${restarts === 1 ? "" : "s"}` : null].filter(Boolean).join(", "), startedAt && ", started ", startedAt && ageElement(startedAt)),
    ),
    el(
      "div",
      { class: "pod__tools" },
      containers.map(({ name: container }) =>
        el("button", { type: "button", class: "button button--small", "data-opens": `${name}/${container}`, "aria-label": `Logs of ${container} in ${name}`, onclick: () => open(name, container) }, containers.length > 1 ? `Logs: ${container}` : "Logs"),
      ),
    ),
  );
}

function stateOf({ phase, ready, containers }) {
  const reason = containers.map((container) => container.reason).find(Boolean);
  if (ready) return "Ready";
  return [phase, reason].filter(Boolean).join(": ");
}
