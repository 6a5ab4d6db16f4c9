// Tells the reader what becomes of their stores, wherever on the dashboard they are.

import { announce, whisper } from "../page/announce.js";
import { isDegraded, statusWord } from "../platform/store-status.js";

/** Listens to the book until `signal` is aborted. `isTheirs(store)`: who looks after all stores is not told of each. */
export function tellNews({ book, isTheirs, signal }) {
  book.addEventListener("change", ({ detail }) => tell(detail), { signal });

  function tell({ before, after }) {
    // What is seen for the first time is no news.
    if (!before || !isTheirs(before)) return;
    if (!after) return announce(`${before.name} is gone.`);
    if (after.status === "READY" && isDegraded(before) !== isDegraded(after)) {
      announce(isDegraded(after) ? `${after.name} does not sell at the moment.` : `${after.name} sells again.`);
    }
    if (before.status === after.status) return;
    if (after.status === "READY") announce(`${after.name} is ready.`);
    else if (after.status === "FAILED") announce(`${after.name} could not be provisioned.`);
    else whisper(`${after.name}: ${statusWord(after.status)}.`);
  }
}
