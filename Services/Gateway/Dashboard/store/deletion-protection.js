// The switch that keeps a store from being deleted, by whomever.

import { el, fill } from "../page/dom.js";
import { problemBox } from "../page/states.js";

/** The switch; `show(store)` brings it up to date, `protect(isOn)` is asked for when it is pressed. */
export function protectionSwitch({ protect }) {
  const answer = el("div", {});
  const input = el("input", { type: "checkbox", role: "switch", id: "protection", class: "switch", "aria-describedby": "protection-hint", onchange: change });
  let isAsking = false;
  const node = el(
    "div",
    { class: "protection" },
    el("label", { class: "protection__line", for: "protection" }, el("span", { class: "field__label" }, "Deletion protection"), input),
    el("p", { id: "protection-hint", class: "hint" }, "While it is on, nobody can delete the store, not even by the API."),
    answer,
  );
  return { node, show };

  function show(store) {
    input.disabled = isAsking || store.status === "DELETING";
    if (!isAsking) input.checked = store.deletionProtection;
  }

  async function change() {
    const wanted = input.checked;
    isAsking = true;
    input.disabled = true;
    fill(answer);
    try {
      await protect(wanted);
    } catch (failure) {
      input.checked = !wanted;
      fill(answer, problemBox(failure));
    } finally {
      isAsking = false;
      input.disabled = false;
      // A switch that is switched off loses the focus; a keyboard must not be thrown back to the top.
      input.focus();
    }
  }
}
