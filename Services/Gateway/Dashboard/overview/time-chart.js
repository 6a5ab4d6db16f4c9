// Dots over time, drawn for the width there is: words of a drawing that is stretched would be stretched with it.

import { el } from "../page/dom.js";
import { svg } from "../page/svg.js";
import { duration, fullTime, hourMinute } from "../page/time.js";
import { ENGINES } from "../platform/store-status.js";
import { serverNow } from "../platform/request.js";
import { niceScale } from "./scale.js";

const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 26;
const DAY_MS = 86_400_000;

/** The drawing; `show(provisioning, sentence)` brings it up to date, the sentence being what it says to those who cannot see it. */
export function timeChart() {
  const drawing = svg("svg", { class: "chart", height: HEIGHT, role: "img" });
  const legend = el("ul", { class: "chart__legend" });
  const node = el("div", { class: "chart__frame" }, drawing, legend);
  let last = null;
  const watch = new ResizeObserver(() => draw());
  watch.observe(node);
  return {
    node,
    leave: () => watch.disconnect(),
    show(provisioning, sentence) {
      last = provisioning;
      drawing.setAttribute("aria-label", sentence);
      legend.replaceChildren(...legendOf(provisioning));
      draw();
    },
  };

  function draw() {
    const width = Math.floor(node.clientWidth);
    if (width === 0) return;
    drawing.setAttribute("width", width);
    drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    drawing.replaceChildren(...partsOf(last, width));
  }
}

function partsOf(provisioning, width) {
  const samples = provisioning?.samples ?? [];
  const to = serverNow();
  const scale = niceScale(Math.max(1, ...samples.map(({ seconds }) => seconds)));
  const x = (at) => LEFT + ((width - LEFT - RIGHT) * (at - (to - DAY_MS))) / DAY_MS;
  const y = (seconds) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * seconds) / scale.top;
  const right = width - RIGHT;
  return [
    ...scale.steps.flatMap((seconds) => [
      svg("line", { class: "chart__grid", x1: LEFT, x2: right, y1: y(seconds), y2: y(seconds) }),
      svg("text", { class: "chart__words", x: LEFT - 8, y: y(seconds) + 4, "text-anchor": "end" }, samples.length > 0 && scale.words(seconds)),
    ]),
    ...hoursOf(to, width).map(({ at, anchor }) => svg("text", { class: "chart__words", x: x(at), y: HEIGHT - 6, "text-anchor": anchor }, hourMinute(at))),
    ...(samples.length > 0 ? [level("median", provisioning.medianSeconds), level("p95", provisioning.p95Seconds)] : []),
    ...samples.map((sample) => dot(sample, x(Date.parse(sample.at)), y(sample.seconds))),
  ];

  function level(name, seconds) {
    return svg("line", { class: `chart__level chart__level--${name}`, x1: LEFT, x2: right, y1: y(seconds), y2: y(seconds) });
  }
}

// Where there is room for four, and two on a phone.
function hoursOf(to, width) {
  const parts = width < 420 ? 2 : 4;
  return Array.from({ length: parts + 1 }, (_, index) => ({
    at: to - DAY_MS + (DAY_MS * index) / parts,
    anchor: index === 0 ? "start" : index === parts ? "end" : "middle",
  }));
}

// The engine is told by the shape as well as by the colour.
function dot({ at, seconds, engine }, x, y) {
  const title = svg("title", {}, `${duration(seconds * 1000)}, ${ENGINES[engine] ?? engine}, ${fullTime(at)}`);
  const isSquare = engine === "medusa";
  return isSquare
    ? svg("rect", { class: "chart__dot chart__dot--square", x: x - 4, y: y - 4, width: 8, height: 8 }, title)
    : svg("circle", { class: "chart__dot", cx: x.toFixed(1), cy: y.toFixed(1), r: 4 }, title);
}

function legendOf({ samples, medianSeconds, p95Seconds }) {
  if (samples.length === 0) return [];
  const engines = new Set(samples.map(({ engine }) => engine));
  const entry = (mark, words) => el("li", {}, el("span", { class: `chart__key chart__key--${mark}` }), words);
  return [
    entry("median", `Median ${duration(medianSeconds * 1000)}`),
    entry("p95", `95 of 100 within ${duration(p95Seconds * 1000)}`),
    ...(engines.size > 1 ? [entry("dot", ENGINES.woocommerce), entry("square", ENGINES.medusa)] : []),
  ];
}
