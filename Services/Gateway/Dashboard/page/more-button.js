// Brings the next page of a list, and says how many came.

import { whisper } from "./announce.js";
import { counted } from "./amounts.js";
import { el, fill, setText } from "./dom.js";
import { problemBox } from "./states.js";

/** The button below a PagedList; `show()` brings it up to date. */
export function moreButton({ list, what }) {
  const button = el("button", { type: "button", class: "button", onclick: press });
  const answer = el("div", {});
  const node = el("div", { class: "more", hidden: true }, answer, button);
  return { node, show };

  function show() {
    node.hidden = !list.hasMore;
    button.disabled = list.isLoading;
    setText(button, list.isLoading ? "Loading" : "Load more");
  }

  async function press() {
    fill(answer);
    try {
      whisper(`${counted(await list.more(), `more ${what}`, `more ${what.replace(/y$/, "ie")}s`)}.`);
    } catch (failure) {
      fill(answer, problemBox(failure));
    }
  }
}
