// The search and the choices above a list of stores. On a phone the choices wait behind a button.

import { el, setAttribute, setText } from "../page/dom.js";
import { choiceInput } from "../page/form-dialog.js";
import { icon } from "../page/icons.js";
import { ENGINES, STATUS } from "../platform/store-status.js";
import { SORTS } from "./store-query.js";

// So that a word is asked for, not each of its letters.
const TYPING_MS = 250;

/** The filters; `changed(values)` hears of each choice, `show(query, regions)` brings them up to date. */
export function storeFilters({ changed }) {
  let typing = 0;
  const search = el("input", { type: "search", class: "input", placeholder: "Search by name", "aria-label": "Search stores", maxlength: "100", oninput: typed });
  const choices = {
    status: choice("status", "Status", [["", "Any status"], ...Object.entries(STATUS).map(([value, { word }]) => [value, word])]),
    degraded: choice("degraded", "Selling", [["", "Selling or not"], ["true", "Degraded"], ["false", "Not degraded"]]),
    engine: choice("engine", "Engine", [["", "Any engine"], ...Object.entries(ENGINES)]),
    plan: choice("plan", "Plan", [["", "Any plan"], ["small", "Small"], ["medium", "Medium"], ["large", "Large"]]),
    region: choice("region", "Region", [["", "Any region"]]),
    sort: choice("sort", "Sort", SORTS),
  };
  const fields = el("div", { class: "filters__fields", id: "store-filters" }, Object.values(choices).map((each) => each.node));
  const count = el("span", {});
  const toggle = el("button", { type: "button", class: "button filters__toggle", "aria-expanded": "false", "aria-controls": "store-filters", onclick: open }, icon("list"), count);
  return {
    node: el("div", { class: "filters", role: "search", "aria-label": "Stores" }, el("div", { class: "search" }, icon("search"), search), toggle, fields),
    leave: () => clearTimeout(typing),
    show(query, regions) {
      if (document.activeElement !== search) search.value = query.get("q");
      offer(regions, query.get("region"));
      for (const [name, { input }] of Object.entries(choices)) input.value = query.get(name);
      setText(count, query.filterCount > 0 ? `Filters (${query.filterCount})` : "Filters");
    },
  };

  function choice(name, label, options) {
    const input = choiceInput(options, "", { "aria-label": label, name, onchange: () => changed({ [name]: input.value }) });
    return { input, node: el("div", { class: "filters__field" }, input) };
  }

  // A choice between one thing is none.
  function offer(regions, chosen) {
    const known = [...new Set([...regions, ...(chosen ? [chosen] : [])])].sort();
    const { input, node } = choices.region;
    node.hidden = known.length < 2 && !chosen;
    if (input.dataset.known === known.join()) return;
    input.dataset.known = known.join();
    input.replaceChildren(...[["", "Any region"], ...known.map((name) => [name, name])].map(([value, words]) => el("option", { value }, words)));
  }

  function typed() {
    clearTimeout(typing);
    typing = setTimeout(() => changed({ q: search.value.trim() }), TYPING_MS);
  }

  function open() {
    const isOpen = fields.dataset.open !== undefined;
    setAttribute(fields, "data-open", isOpen ? null : "");
    setAttribute(toggle, "aria-expanded", String(!isOpen));
  }
}
