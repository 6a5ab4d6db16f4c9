// Making, rotating and revoking keys. A key never gives more than the one it is made with.

import { announce } from "../page/announce.js";
import { el } from "../page/dom.js";
import { choiceInput, field, formDialog, textInput } from "../page/form-dialog.js";
import { api } from "../platform/api.js";
import { serverNow } from "../platform/request.js";
import { SCOPES } from "./roles.js";
import { showKey } from "./secret-dialog.js";

const DAY_MS = 86_400_000;
const LIVES = [["", "Never"], ["7", "In 7 days"], ["30", "In 30 days"], ["90", "In 90 days"], ["365", "In a year"]];
const OVERLAPS = [["0", "At once"], ["3600", "After an hour"], ["86400", "After a day"], ["604800", "After a week"]];

/** Asks for a new key and shows it; `done()` is called once it has been seen. */
export function createKey({ userId, session, done }) {
  const given = session.user?.key?.scopes ?? SCOPES.map(([scope]) => scope);
  const name = field({ name: "name", label: "Name", hint: "What it is for, such as the script that uses it.", input: textInput({ maxlength: "120" }) });
  const expires = field({ name: "expiresAt", label: "Expires", input: choiceInput(LIVES, "90") });
  const boxes = SCOPES.map(([scope, word, text]) => {
    const input = el("input", { type: "checkbox", name: "scopes", value: scope, checked: given.includes(scope) && scope !== "reveal", disabled: !given.includes(scope) });
    return { scope, input, node: el("label", { class: "choice" }, input, el("span", { class: "choice__text" }, el("span", { class: "choice__label" }, word), el("span", { class: "hint" }, given.includes(scope) ? text : "Your own key does not have it."))) };
  });
  const scopes = scopesField(boxes);
  formDialog({
    title: "New key",
    fields: [name, scopes, expires],
    submit: "Create key",
    doing: "Creating",
    send: async () => {
      const key = { scopes: boxes.filter(({ input }) => input.checked).map(({ scope }) => scope) };
      if (name.input.value.trim()) key.name = name.input.value.trim();
      if (expires.input.value) key.expiresAt = new Date(serverNow() + Number(expires.input.value) * DAY_MS).toISOString();
      const { apiKey } = await api.createKey(userId, key);
      showKey({ apiKey, title: "The new key", text: "Send it as “Authorization: Bearer …”, or sign in with it." }).then(done);
    },
  }).open();
}

// A group of boxes that looks to the dialog like any other field.
function scopesField(boxes) {
  const problem = el("p", { id: "scopes-problem", class: "field__problem", role: "alert" });
  const node = el("fieldset", { class: "field choices", "aria-describedby": "scopes-problem" }, el("legend", { class: "field__label" }, "It may"), boxes.map((box) => box.node), problem);
  const tell = (sentence) => {
    problem.textContent = sentence ?? "";
    return !sentence;
  };
  return { name: "scopes", label: "The scopes", node, input: boxes[0].input, tell, check: () => tell(boxes.some(({ input }) => input.checked) ? null : "Choose at least one.") };
}

/** Asks how long the old one shall go on, and shows the new one. */
export function rotateKey({ userId, key, isOwn, done }) {
  const overlap = field({ name: "overlapSeconds", label: "The old key stops working", input: choiceInput(OVERLAPS, "3600") });
  formDialog({
    title: `Rotate ${nameOf(key)}?`,
    intro: [el("p", { class: "dialog__text" }, "A new key with the same scopes takes its place. Until the old one stops, both work.", isOwn && " You are signed in with the old one; when it stops, sign in with the new one.")],
    fields: [overlap],
    submit: "Rotate",
    doing: "Rotating",
    send: async () => {
      const { apiKey } = await api.rotateKey(userId, key.id, Number(overlap.input.value));
      showKey({ apiKey, title: `The new key for ${nameOf(key)}`, text: "Put it in the place of the old one." }).then(done);
    },
  }).open();
}

/** Asks once more before a key stops for good. */
export function revokeKey({ userId, key, isOwn, done }) {
  formDialog({
    title: `Revoke ${nameOf(key)}?`,
    intro: [el("p", { class: "dialog__text" }, "Whatever uses it is refused from the next second on. This cannot be undone.", isOwn && el("strong", {}, " You are signed in with this key: you will be signed out."))],
    submit: "Revoke key",
    doing: "Revoking",
    isDanger: true,
    send: async () => {
      await api.revokeKey(userId, key.id);
      announce(`${nameOf(key)} is revoked.`);
      done();
    },
  }).open();
}

const nameOf = (key) => key.name || `${key.prefix}…`;
