// The little of Markdown that the document's descriptions use: paragraphs, **strong** and `code`. Text stays text.

import { el } from "../page/dom.js";

/** A description as paragraphs. */
export function prose(text) {
  return (text ?? "").split("\n\n").filter(Boolean).map((paragraph) => el("p", {}, ...words(paragraph)));
}

/** A sentence as text, code and strong. */
export function words(text) {
  return (text ?? "").split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean).map((piece) => {
    if (piece.startsWith("`")) return el("code", {}, piece.slice(1, -1));
    if (piece.startsWith("**")) return el("strong", {}, piece.slice(2, -2));
    return piece;
  });
}
