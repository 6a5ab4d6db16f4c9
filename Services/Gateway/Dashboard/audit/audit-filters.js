// The search and the choices above the audit.

import { el } from "../page/dom.js";
import { choiceInput } from "../page/form-dialog.js";
import { icon } from "../page/icons.js";
import { ACTIONS } from "./actions.js";

const TYPING_MS = 250;

/** The filters; `changed(values)` hears of each choice. */
export function auditFilters({ values, changed }) {
  let typing = 0;
  const search = el("input", { type: "search", class: "input", placeholder: "Search", "aria-label": "Search the audit", value: values.q, maxlength: "100", oninput: typed });
  const action = choiceInput([["", "Any action"], ...Object.entries(ACTIONS).map(([name, [words]]) => [name, words])], values.action, { "aria-label": "Action", onchange: () => changed({ action: action.value }) });
  const from = day("from", "From");
  const to = day("to", "Until");
  const fields = [search, action, from.input, to.input];
  return {
    node: el("div", { class: "filters", role: "search", "aria-label": "Audit" }, el("div", { class: "search" }, icon("search"), search), el("div", { class: "filters__field" }, action), from.node, to.node),
    clear: () => fields.forEach((field) => (field.value = "")),
    leave: () => clearTimeout(typing),
  };

  function typed() {
    clearTimeout(typing);
    typing = setTimeout(() => changed({ q: search.value.trim() }), TYPING_MS);
  }

  function day(name, words) {
    const input = el("input", { type: "date", class: "input", name, value: values[name], onchange: () => changed({ [name]: input.value }) });
    return { input, node: el("label", { class: "filters__day" }, el("span", { class: "hint" }, words), input) };
  }
}
