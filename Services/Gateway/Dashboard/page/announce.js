// Tells what happened without moving anything: a toast for what matters to everyone, a whisper that only assistive
// technology hears for the steps in between.

import { setText } from "./dom.js";

const VISIBLE_MS = 6000;
let hiding = 0;

/** Shows and reads out a sentence. */
export function announce(sentence) {
  const toast = document.getElementById("toast");
  setText(toast, sentence);
  toast.classList.add("toast--shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    toast.classList.remove("toast--shown");
    setText(toast, "");
  }, VISIBLE_MS);
}

/** Reads out a sentence. */
export function whisper(sentence) {
  setText(document.getElementById("whisper"), sentence);
}
