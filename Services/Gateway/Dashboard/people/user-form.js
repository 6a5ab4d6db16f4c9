// What is asked of a user who is made or changed.

import { choiceInput, field, formDialog, textInput } from "../page/form-dialog.js";
import { ROLES } from "./roles.js";

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** A dialog for a new user (`user` null) or for one that is there. `save(values)` gets what was filled in; of one that is
 *  there, only what is different. */
export function userForm({ user, isSelf = false, save }) {
  const email = field({ name: "email", label: "Email", input: textInput({ type: "email", value: user?.email ?? "", maxlength: "254", autocapitalize: "none", spellcheck: "false" }), issue: (value) => (EMAIL.test(value) ? null : "Give an address of the form name@example.com.") });
  const name = field({ name: "name", label: "Name", input: textInput({ value: user?.name ?? "", maxlength: "120" }), issue: (value) => (value === "" ? "Give a name." : null) });
  const role = field({
    name: "role",
    label: "Role",
    hint: isSelf ? "Yours is changed by another administrator." : ROLES.map(([, word, text]) => `${word}: ${text}.`).join(" "),
    input: choiceInput(ROLES.map(([value, word]) => [value, word]), user?.role ?? "member", { disabled: isSelf }),
  });
  const maxStores = field({
    name: "maxStores",
    label: "Stores at most",
    aside: user ? undefined : "optional",
    hint: user ? `Has ${user.used} now.` : "Left empty, the platform’s own limit holds.",
    input: textInput({ inputmode: "numeric", value: user?.maxStores ?? "", class: "input tabular" }),
    issue: (value) => ((value === "" && !user) || (/^\d{1,6}$/.test(value) && Number(value) >= 0) ? null : "Give a whole number from 0."),
  });
  return formDialog({
    title: user ? `Edit ${user.name || user.email}` : "New user",
    fields: [email, name, role, maxStores],
    submit: user ? "Save" : "Create user",
    doing: user ? "Saving" : "Creating",
    send: () => save(changes()),
  });

  function changes() {
    const values = { email: email.input.value.trim(), name: name.input.value.trim(), role: role.input.value };
    if (maxStores.input.value.trim() !== "") values.maxStores = Number(maxStores.input.value.trim());
    return user ? Object.fromEntries(Object.entries(values).filter(([each, value]) => value !== user[each])) : values;
  }
}
