// How long it took to make a store sell: every one of the last day as a dot, the middle and the slow end as lines.

import { counted } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { duration, fullTime } from "../page/time.js";
import { ENGINES } from "../platform/store-status.js";
import { overviewCard } from "./card.js";
import { timeChart } from "./time-chart.js";

export function provisioningCard() {
  const note = el("p", { class: "muted card__note tabular" });
  const chart = timeChart();
  const none = el("p", { class: "muted chart__none", hidden: true }, "No store was provisioned in the last 24 hours.");
  const rows = el("tbody", {});
  const table = el("details", { class: "as-table", ontoggle: showTable }, el("summary", {}, "Show as a table"), el("div", { class: "as-table__box", tabindex: "0", role: "region", "aria-label": "Provisioning times" }, el("table", { class: "table" }, el("thead", {}, el("tr", {}, ["Ready at", "Engine", "Took"].map((words) => el("th", { scope: "col" }, words)))), rows)));
  let samples = [];
  let shown = "";
  return { node: overviewCard({ name: "provisioning", title: "Provisioning, last 24 hours", note, body: [el("div", { class: "chart-box" }, chart.node, none), table] }), show, leave: chart.leave };

  function show({ provisioning }) {
    const key = JSON.stringify(provisioning);
    if (key === shown) return;
    shown = key;
    samples = provisioning.samples;
    setText(note, noteOf(provisioning));
    none.hidden = samples.length > 0;
    table.hidden = samples.length === 0;
    chart.show(provisioning, sentenceOf(provisioning));
    showTable();
  }

  // Two hundred rows that nobody may ever look at are made when someone does.
  function showTable() {
    if (!table.open) return fill(rows);
    fill(rows, ...[...samples].reverse().map(({ at, engine, seconds }) => el("tr", {}, el("td", {}, fullTime(at)), el("td", {}, ENGINES[engine] ?? engine), el("td", { class: "tabular" }, duration(seconds * 1000)))));
  }
}

function noteOf({ succeeded, failed }) {
  return `${counted(succeeded, "success", "successes")}, ${counted(failed, "failure")}`;
}

function sentenceOf({ samples, medianSeconds, p95Seconds, succeeded, failed }) {
  if (samples.length === 0) return "No store was provisioned in the last 24 hours.";
  return `Provisioning times of the last 24 hours: ${succeeded} succeeded, ${failed} failed; half within ${duration(medianSeconds * 1000)}, 95 of 100 within ${duration(p95Seconds * 1000)}.`;
}
