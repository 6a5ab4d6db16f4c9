// What an administrator does with users. Each ends when the platform has answered and the reader has seen it.

import { announce } from "../page/announce.js";
import { el } from "../page/dom.js";
import { field, formDialog, textInput } from "../page/form-dialog.js";
import { api } from "../platform/api.js";
import { showKey } from "./secret-dialog.js";
import { userForm } from "./user-form.js";

/** Asks for a new user; `made(user)` is called once their key has been seen. */
export function createUser({ made }) {
  userForm({
    user: null,
    save: async (values) => {
      const { user, apiKey } = await api.createUser(values);
      showKey({ apiKey, title: `The key of ${user.name || user.email}`, text: "Give it to them on a way that only they can read." }).then(() => made(user));
    },
  }).open();
}

/** Asks what shall be different; `changed(user)` gets the user as they are now. */
export async function editUser({ id, session, changed }) {
  // As they are now, and the tag with them: who else edits the same user is not overwritten unseen.
  const { body: user, etag } = await api.user(id);
  userForm({
    user,
    isSelf: id === session.user?.id,
    save: async (values) => {
      if (Object.keys(values).length === 0) return;
      changed(await api.changeUser(id, values, etag));
      announce(`${values.name ?? user.name} is changed.`);
    },
  }).open();
}

/** Asks for the user's email address before they go; `removed()` is called when they are gone. */
export function removeUser({ user, removed }) {
  const typed = field({
    name: "confirmation",
    label: `Type ${user.email} to confirm`,
    input: textInput({ class: "input input--code", autocapitalize: "none", spellcheck: "false" }),
    issue: (value) => (value === user.email ? null : "This is not their address."),
  });
  formDialog({
    title: `Delete ${user.name || user.email}?`,
    intro: [el("p", { class: "dialog__text" }, "Their keys stop working at once. What they did stays in the audit. Someone who has stores cannot be deleted.")],
    fields: [typed],
    submit: "Delete user",
    doing: "Deleting",
    isDanger: true,
    send: async () => {
      await api.removeUser(user.id);
      announce(`${user.name || user.email} is deleted.`);
      removed();
    },
  }).open();
}
