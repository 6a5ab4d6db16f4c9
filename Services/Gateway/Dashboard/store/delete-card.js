// The end of a store, and what keeps it from coming by accident.

import { el, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { deleteDialog } from "./delete-dialog.js";
import { protectionSwitch } from "./deletion-protection.js";

/** The card; `now()` is the store as it is known at the moment. Hidden from those who may not change anything. */
export function deleteCard({ name, now, isWriter, protect, remove }) {
  const dialog = deleteDialog({ store: { name }, remove });
  const protection = protectionSwitch({ protect });
  const words = el("span", {}, "Delete store");
  const button = el("button", { type: "button", class: "button button--danger", onclick: () => dialog.open(now()) }, icon("bin"), words);
  const node = el(
    "section",
    { class: "card", "aria-labelledby": "delete-title", hidden: !isWriter },
    el("h2", { id: "delete-title" }, "Delete"),
    el("p", { class: "muted card__text" }, "Removes the shop with everything in it."),
    protection.node,
    button,
    dialog.node,
  );
  return {
    node,
    leave: () => dialog.close(),
    show(store) {
      protection.show(store);
      const deleting = store.status === "DELETING";
      button.disabled = deleting;
      setText(words, deleting ? "Being deleted" : "Delete store");
    },
  };
}
