// What people call a store. Its name stays: namespace and address are made of it.

import { field, formDialog, textInput } from "../page/form-dialog.js";

/** The dialog; `rename(displayName)` is asked for. */
export function renameDialog({ store, rename }) {
  const name = field({
    name: "displayName",
    label: "Display name",
    hint: "What the dashboard shows beside the name, and the title a new shop begins with.",
    input: textInput({ value: store.displayName ?? "", maxlength: "120" }),
    issue: (value) => (value === "" ? "Give it a display name." : null),
  });
  return formDialog({ title: `Rename ${store.name}`, fields: [name], submit: "Save", doing: "Saving", send: () => rename(name.input.value.trim()) });
}
