// A new key, shown this once. The dialog does not go by a stray press of Escape, for the key cannot be asked for again.

import { copyButton } from "../page/copy-button.js";
import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";

/** Shows the key; resolves when the reader has it. */
export function showKey({ apiKey, title, text }) {
  return new Promise((resolve) => {
    const secret = el("code", { class: "secret__text", tabindex: "-1" }, apiKey);
    const close = el("button", { type: "button", class: "button button--primary", onclick: () => node.close() }, "I have kept it");
    const node = el(
      "dialog",
      {
        class: "dialog",
        "aria-labelledby": "key-title",
        "aria-describedby": "key-text",
        oncancel: (event) => event.preventDefault(),
        onclose: () => {
          fill(node);
          node.remove();
          resolve();
        },
      },
      el("h2", { id: "key-title", class: "dialog__title" }, title),
      el("p", { id: "key-text" }, text),
      el("div", { class: "secret__line secret__line--new" }, secret, copyButton({ what: "the key", text: () => apiKey, of: secret })),
      el("p", { class: "dialog__locked" }, icon("alert"), "It is shown only now: the platform keeps no more of it than its hash. Put it where you keep passwords."),
      el("div", { class: "dialog__actions" }, close),
    );
    document.body.append(node);
    node.showModal();
    secret.focus();
  });
}
