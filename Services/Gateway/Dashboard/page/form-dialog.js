// A question in a dialog: fields, one button that does it, and what the platform has to say about the answers.

import { el, fill, setAttribute, setText } from "./dom.js";
import { problemBox } from "./states.js";

let count = 0;

/** `fields` are of `field()` below; `send()` resolves when it is done and closes the dialog, unless it returns `false`.
 *  The dialog is on the page only while it is open. */
export function formDialog({ title, intro = [], fields = [], submit, doing, isDanger = false, send, closed = () => {} }) {
  count += 1;
  const titleId = `dialog-title-${count}`;
  const answer = el("div", {});
  const button = el("button", { type: "submit", class: `button ${isDanger ? "button--danger-solid" : "button--primary"}` }, submit);
  const cancel = el("button", { type: "button", class: "button", onclick: () => node.close() }, "Cancel");
  const node = el(
    "dialog",
    { class: "dialog", "aria-labelledby": titleId, onclose: leave },
    el(
      "form",
      { novalidate: true, onsubmit: press },
      el("h2", { id: titleId, class: "dialog__title" }, title),
      intro,
      fields.map((each) => each.node),
      answer,
      el("div", { class: "dialog__actions" }, cancel, button),
    ),
  );
  return {
    node,
    button,
    close: () => node.close(),
    open() {
      document.body.append(node);
      node.showModal();
      (fields[0]?.input ?? cancel).focus();
    },
  };

  function leave() {
    node.remove();
    closed();
  }

  async function press(event) {
    event.preventDefault();
    fill(answer);
    const wrong = fields.filter((each) => !each.check());
    if (wrong.length > 0) return wrong[0].input.focus();
    button.disabled = true;
    setText(button, doing);
    try {
      if ((await send()) !== false) node.close();
    } catch (failure) {
      refused(failure);
    } finally {
      button.disabled = false;
      setText(button, submit);
    }
  }

  function refused(failure) {
    const told = (failure.errors ?? []).filter((error) => fields.some((each) => each.name === error.field));
    for (const error of told) fields.find((each) => each.name === error.field).tell(issueSentence(fields, error));
    if (told.length > 0) return fields.find((each) => each.name === told[0].field).input.focus();
    fill(answer, problemBox(failure));
  }
}

/** A labelled field. `input` is any control; `issue(value)` says what is wrong with it, or null. */
export function field({ name, label, aside, hint, input, issue = () => null }) {
  const id = input.id || `field-${name}`;
  input.id = id;
  const problem = el("p", { id: `${id}-problem`, class: "field__problem", role: "alert" });
  input.setAttribute("aria-describedby", `${id}-problem${hint ? ` ${id}-hint` : ""}`);
  const node = el(
    "div",
    { class: "field" },
    el("label", { class: "field__label", for: id }, label, aside && el("span", { class: "field__aside" }, ` ${aside}`)),
    input,
    problem,
    hint && el("p", { id: `${id}-hint`, class: "hint" }, hint),
  );
  return { name, label, node, input, tell, check: () => tell(issue(input.value.trim())) };

  function tell(sentence) {
    setText(problem, sentence ?? "");
    setAttribute(input, "aria-invalid", sentence ? "true" : null);
    return !sentence;
  }
}

/** A line of text to fill in. */
export const textInput = (attributes) => el("input", { type: "text", class: "input", autocomplete: "off", ...attributes });

/** A choice of one; `options` are [value, words]. */
export function choiceInput(options, chosen, attributes = {}) {
  return el("select", { class: "input select", ...attributes }, options.map(([value, words]) => el("option", { value, selected: value === chosen }, words)));
}

// The API says what is wrong with a field as the end of a sentence: "must have 3 to 40 characters".
function issueSentence(fields, { field: name, issue }) {
  const { label } = fields.find((each) => each.name === name);
  return /^[a-z]/.test(issue) ? `${label} ${issue.replace(/\.?$/, ".")}` : issue;
}
