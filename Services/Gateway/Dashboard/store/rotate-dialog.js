// New passwords for a shop. What the platform does with them it does itself; one is only asked how far it shall go.

import { el } from "../page/dom.js";
import { formDialog } from "../page/form-dialog.js";

/** The dialog; `rotate(database)` resolves when the platform has accepted it. */
export function rotateDialog({ rotate }) {
  const database = el("input", { type: "checkbox", name: "database", id: "rotate-database" });
  return formDialog({
    title: "Rotate the passwords?",
    intro: [
      el("p", { class: "dialog__text" }, "The shop’s administrator gets a new password, which is tried before the old one goes. If that fails, the old one stays. Whoever is signed in to the shop’s admin has to sign in again."),
      el("label", { class: "check" }, database, el("span", {}, "The database’s password as well; the shop restarts for a moment")),
    ],
    submit: "Rotate",
    doing: "Asking",
    send: () => rotate(database.checked),
  });
}
