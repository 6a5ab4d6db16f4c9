// Puts a text on the clipboard and says so. A page that did not come over TLS or from localhost has no clipboard of its
// own; there the text is selected, for the reader's own keys.

import { whisper } from "./announce.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

const SAID_MS = 2000;

/** The button; `text()` is asked for when it is pressed, `of` is the element that shows it. */
export function copyButton({ what, text, of }) {
  const button = el("button", { type: "button", class: "button button--small", "aria-label": `Copy ${what}`, onclick: copy }, icon("copy"), "Copy");
  let resting = 0;
  return button;

  async function copy() {
    const done = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    if (!done) select(of);
    fill(button, icon(done ? "check" : "copy"), done ? "Copied" : "Press Ctrl+C");
    whisper(done ? `Copied ${what}.` : `${what} is selected.`);
    clearTimeout(resting);
    resting = setTimeout(() => fill(button, icon("copy"), "Copy"), SAID_MS);
  }
}

function select(node) {
  if (typeof node.select === "function") return node.select();
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
