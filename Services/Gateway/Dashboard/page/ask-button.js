// A button for something that may be refused: it says what it is doing, and what came of it stands above it.

import { el, fill, setText } from "./dom.js";
import { icon } from "./icons.js";
import { problemBox } from "./states.js";

/** The button with its answer; `ask()` resolves when it is done. */
export function askButton({ words, doing, ask }) {
  const answer = el("div", {});
  const label = el("span", {}, words);
  const button = el("button", { type: "button", class: "button", onclick: press }, icon("again"), label);
  return el("div", { class: "ask" }, answer, button);

  async function press() {
    button.disabled = true;
    fill(answer);
    setText(label, doing);
    try {
      await ask();
    } catch (failure) {
      fill(answer, problemBox(failure));
    } finally {
      button.disabled = false;
      setText(label, words);
    }
  }
}
