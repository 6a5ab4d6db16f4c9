// How much of each cluster is asked for already. Only administrators are told.

import { bytes, cores, counted, number } from "../page/amounts.js";
import { el, fill } from "../page/dom.js";
import { meter } from "../page/meter.js";
import { overviewCard } from "./card.js";

const RESOURCES = [
  { name: "cpu", label: "CPU", words: cores, unit: " cores" },
  { name: "memory", label: "Memory", words: bytes, unit: "" },
  { name: "pods", label: "Pods", words: number, unit: "" },
];

export function capacityCard() {
  const list = el("div", { class: "regions" });
  const regions = new Map();
  return { node: overviewCard({ name: "capacity", title: "Capacity", body: list }), show };

  function show({ capacity }) {
    if (capacity.length === 0) {
      regions.clear();
      return fill(list, el("p", { class: "muted" }, "No region has told of its cluster yet."));
    }
    if (regions.size === 0) fill(list);
    const told = new Set(capacity.map(({ region }) => region));
    for (const [name, region] of regions) {
      if (told.has(name)) continue;
      region.node.remove();
      regions.delete(name);
    }
    for (const region of capacity) {
      if (!regions.has(region.region)) {
        regions.set(region.region, regionPart(region.region));
        list.append(regions.get(region.region).node);
      }
      regions.get(region.region).show(region);
    }
  }
}

function regionPart(name) {
  const nodes = el("span", { class: "hint" });
  const meters = RESOURCES.map((resource) => ({ ...resource, meter: meter(resource.label) }));
  return {
    node: el("section", { class: "region", "aria-label": `Region ${name}` }, el("h3", { class: "region__name" }, name, nodes), meters.map((each) => each.meter.node)),
    show(region) {
      fill(nodes, region.known === false ? "Its cluster does not answer" : counted(region.nodes ?? 0, "node"));
      for (const { name: resource, words, unit, meter: bar } of meters) {
        bar.node.hidden = !region[resource];
        if (!region[resource]) continue;
        const { allocatable, requested } = region[resource];
        bar.show({ part: requested, all: allocatable, words: `${words(requested)} of ${words(allocatable)}${unit}` });
      }
    },
  };
}
