// Deleting is final, so it asks for the store's name: a click in the wrong row cannot remove a shop.

import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { problemBox } from "../page/states.js";

/** A dialog; `open(store)` shows it, `remove()` is called once the name has been typed. A store that is protected is
 *  explained instead. */
export function deleteDialog({ store, remove }) {
  const answer = el("div", {});
  const submit = el("button", { type: "submit", class: "button button--danger-solid", disabled: true }, "Delete store");
  const input = el("input", {
    id: "delete-name",
    class: "input input--code",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    oninput: () => (submit.disabled = input.value.trim() !== store.name),
  });
  const keep = el("button", { type: "button", class: "button", onclick: () => node.close() }, "Keep it");
  const typing = el("div", {}, el("label", { class: "field__label", for: "delete-name" }, "Type ", el("code", {}, store.name), " to confirm"), input);
  const locked = el("p", { class: "dialog__locked", hidden: true }, icon("lock"), "Deletion protection is on: the platform refuses to delete this store. Switch it off on the store’s page first, then delete.");
  const node = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "dialog-delete-title", "aria-describedby": "dialog-delete-text" },
    el(
      "form",
      { novalidate: true, onsubmit: send },
      el("h2", { id: "dialog-delete-title", class: "dialog__title" }, `Delete ${store.name}?`),
      el("p", { id: "dialog-delete-text" }, "The shop, its database, its files and its namespace are removed. This cannot be undone."),
      typing,
      locked,
      answer,
      el("div", { class: "dialog__actions" }, keep, submit),
    ),
  );
  return {
    node,
    open: (now) => {
      const isLocked = now.deletionProtection;
      typing.hidden = submit.hidden = isLocked;
      locked.hidden = !isLocked;
      input.value = "";
      submit.disabled = true;
      fill(answer);
      node.showModal();
      (isLocked ? keep : input).focus();
    },
    close: () => node.close(),
  };

  async function send(event) {
    event.preventDefault();
    // Enter submits a form whatever its button says.
    if (input.value.trim() !== store.name) return;
    submit.disabled = true;
    setText(submit, "Deleting");
    fill(answer);
    try {
      await remove();
      node.close();
    } catch (failure) {
      fill(answer, problemBox(failure));
      submit.disabled = false;
    } finally {
      setText(submit, "Delete store");
    }
  }
}
