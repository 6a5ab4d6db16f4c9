// A new store: two questions that matter and one that may stay open. What the API has to say about an answer
// stands at its field.

import { el, fill, setAttribute, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { planChoice } from "./plan-choice.js";
import { problemBox } from "../page/states.js";
import { NAME_RULE, nameIssue } from "./store-name.js";

const ENGINES = [
  { value: "woocommerce", label: "WooCommerce", text: "WordPress with a shop, a sample product and cash on delivery." },
  { value: "medusa", label: "Medusa", text: "Headless commerce with an API of its own.", tag: "Coming" },
];

// The API has said so once; asking again within this visit would only waste the reader's time.
const unavailable = new Set();

/** A dialog; `create(store, key)` resolves when the API has accepted it, `plans()` brings the plans' sizes, `closed` is
 *  called however it ends. */
export function createDialog({ create, plans, closed }) {
  // Kept while the answers stay the same: sending twice after a lost answer must not make two stores.
  let attempt = { body: "", key: "" };
  let touched = false;
  const problems = { name: problem("name"), engine: problem("engine"), plan: problem("plan"), displayName: problem("displayName") };
  const answer = el("div", {});
  const name = textInput("name", { autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true, class: "input input--code" });
  const displayName = textInput("displayName", { autocomplete: "off", maxlength: "120", class: "input" });
  const preview = el("span", {});
  const engines = ENGINES.map(engineChoice);
  const plan = planChoice({ problem: problems.plan, load: plans });
  const protection = el("input", { type: "checkbox", name: "deletionProtection", id: "deletionProtection" });
  const submit = el("button", { type: "submit", class: "button button--primary" }, "Create store");
  name.addEventListener("input", () => {
    showPreview();
    tell("name", touched ? nameIssue(name.value.trim()) : null);
  });
  // Told on leaving the field, not while the first letters are being typed.
  name.addEventListener("change", () => {
    touched = true;
    tell("name", nameIssue(name.value.trim()));
  });

  const node = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "create-title", onclose: closed },
    el(
      "form",
      { novalidate: true, onsubmit: send },
      el("h2", { id: "create-title", class: "dialog__title" }, "New store"),
      el("div", { class: "field" }, label("name", "Name"), name, problems.name, el("p", { id: "name-hint", class: "hint" }, preview)),
      el("fieldset", { class: "field choices", "aria-describedby": "engine-problem" }, el("legend", { class: "field__label" }, "Engine"), engines.map((choice) => choice.node), problems.engine),
      plan.node,
      el("div", { class: "field" }, label("displayName", "Display name", "optional"), displayName, problems.displayName, el("p", { id: "displayName-hint", class: "hint" }, "What customers see as the shop’s title.")),
      el("label", { class: "check" }, protection, el("span", {}, "Protect it against deletion")),
      answer,
      el("div", { class: "dialog__actions" }, el("button", { type: "button", class: "button", onclick: () => node.close() }, "Cancel"), submit),
    ),
  );
  showPreview();
  return {
    node,
    open: () => {
      node.showModal();
      name.focus();
    },
    close: () => node.close(),
  };

  function showPreview() {
    const value = name.value.trim();
    setText(preview, value && !nameIssue(value) ? `Lives in the namespace store-${value}.` : NAME_RULE);
  }

  function tell(field, sentence) {
    setText(problems[field], sentence ?? "");
    const input = { name, displayName }[field];
    if (input) setAttribute(input, "aria-invalid", sentence ? "true" : null);
  }

  async function send(event) {
    event.preventDefault();
    touched = true;
    for (const field of Object.keys(problems)) tell(field, null);
    fill(answer);
    const store = { name: name.value.trim(), engine: engines.find((choice) => choice.input.checked).input.value, plan: plan.value };
    if (protection.checked) store.deletionProtection = true;
    if (displayName.value.trim()) store.displayName = displayName.value.trim();
    const issue = nameIssue(store.name);
    if (issue) {
      tell("name", issue);
      name.focus();
      return;
    }
    const body = JSON.stringify(store);
    if (attempt.body !== body) attempt = { body, key: randomKey() };
    submit.disabled = true;
    fill(submit, icon("ring", "icon--turning"), "Creating");
    try {
      await create(store, attempt.key);
      node.close();
    } catch (failure) {
      refused(failure, store);
    } finally {
      submit.disabled = false;
      setText(submit, "Create store");
    }
  }

  function refused(failure, store) {
    // Told by the platform, so the same key would bring the same refusal; only an outage is worth repeating with it.
    if (!failure.isOutage) attempt = { body: "", key: "" };
    if (failure.code === "ENGINE_UNAVAILABLE") {
      unavailable.add(store.engine);
      engines.forEach((choice) => choice.refresh());
      tell("engine", failure.message);
      engines.find((choice) => !choice.input.disabled)?.input.focus();
      return;
    }
    // Its sentence has the numbers; the field's own would only say that it does not fit.
    if (failure.code === "PLAN_DOES_NOT_FIT") {
      tell("plan", failure.message);
      return plan.focus();
    }
    const known = failure.errors.filter((error) => error.field in problems);
    for (const error of known) tell(error.field, issueSentence(error));
    if (known.length > 0) return focusOn(known[0].field);
    if (failure.status === 409 || /NAME/.test(failure.code)) {
      tell("name", failure.message);
      return focusOn("name");
    }
    fill(answer, problemBox(failure));
  }

  function focusOn(field) {
    ({ name, displayName })[field]?.focus();
  }
}

// The API says what is wrong with a field as the end of a sentence: "must have 3 to 40 characters".
function issueSentence({ field, issue }) {
  const subject = { name: "The name", engine: "The engine", plan: "The plan", displayName: "The display name" }[field];
  return /^[a-z]/.test(issue) ? `${subject} ${issue.replace(/\.?$/, ".")}` : issue;
}

function engineChoice(engine, index) {
  const input = el("input", { type: "radio", name: "engine", value: engine.value, checked: index === 0 });
  const tag = el("span", { class: "tag" }, engine.tag ?? "");
  const node = el(
    "label",
    { class: "choice" },
    input,
    el("span", { class: "choice__text" }, el("span", { class: "choice__label" }, engine.label, engine.tag && tag), el("span", { class: "hint" }, engine.text)),
  );
  refresh();
  return { node, input, refresh };

  function refresh() {
    if (!unavailable.has(engine.value)) return;
    input.disabled = true;
    input.checked = false;
    setText(tag, "Not available here yet");
    const fallback = input.form?.querySelector('input[name="engine"]:not(:disabled)');
    if (fallback) fallback.checked = true;
  }
}

function textInput(field, attributes) {
  return el("input", { id: field, name: field, type: "text", "aria-describedby": `${field}-problem ${field}-hint`, ...attributes });
}

function label(field, words, aside) {
  return el("label", { class: "field__label", for: field }, words, aside && el("span", { class: "field__aside" }, ` ${aside}`));
}

function problem(field) {
  return el("p", { id: `${field}-problem`, class: "field__problem", role: "alert" });
}

// Not crypto.randomUUID: that exists only where the page came over TLS or from localhost.
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
