// The door: one field, one button, and a sentence that says what went wrong.

import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { failureSentence } from "../page/states.js";

/** The sign-in view. `notice` says why it is shown to someone who was signed in; `prepare` is called when
 *  the first letter is typed, `signIn` resolves when the key is right. */
export function signInView({ notice = "", prepare, signIn }) {
  const problem = el("p", { id: "key-problem", class: "field__problem", role: "alert" });
  const key = el("input", {
    id: "key",
    name: "key",
    class: "input input--code",
    type: "password",
    autocomplete: "current-password",
    autocapitalize: "none",
    spellcheck: "false",
    required: true,
    "aria-describedby": "key-problem key-help",
    oninput: () => {
      tell("");
      prepare();
    },
  });
  const reveal = el(
    "button",
    { type: "button", class: "input-side", "aria-pressed": "false", "aria-label": "Show the key", onclick: toggle },
    "Show",
  );
  const submit = el("button", { type: "submit", class: "button button--primary button--wide" }, "Sign in");
  const form = el(
    "form",
    { class: "card door__card", novalidate: true, onsubmit: send },
    el("h1", { class: "door__title", tabindex: "-1" }, "Sign in"),
    el("p", { class: "muted door__lead" }, notice || "Use the API key you were given."),
    el("label", { class: "field__label", for: "key" }, "API key"),
    el("div", { class: "input-group" }, key, reveal),
    problem,
    submit,
    el(
      "p",
      { id: "key-help", class: "hint door__help" },
      "On the machine where the platform was started, the key is in ",
      el("code", {}, ".run/platform.env"),
      ".",
    ),
  );
  return {
    title: "Sign in",
    node: doorView(form, el("p", { class: "muted door__foot" }, "Isolated online stores on Kubernetes, each in a namespace of its own.")),
    focus: () => key.focus(),
    leave: () => {},
  };

  function tell(sentence) {
    setText(problem, sentence);
    key.setAttribute("aria-invalid", String(sentence !== ""));
  }

  function toggle() {
    const shown = key.type === "text";
    key.type = shown ? "password" : "text";
    reveal.setAttribute("aria-pressed", String(!shown));
    setText(reveal, shown ? "Show" : "Hide");
  }

  async function send(event) {
    event.preventDefault();
    // A key copied from a file often brings its line end along.
    const value = key.value.trim();
    if (value === "") {
      tell("Enter your API key.");
      key.focus();
      return;
    }
    submit.disabled = true;
    fill(submit, icon("ring", "icon--turning"), "Signing in");
    try {
      await signIn(value);
    } catch (failure) {
      tell(failure.status === 401 ? "This key is not valid. Check that it was copied whole." : failureSentence(failure));
      key.focus();
      key.select();
    } finally {
      submit.disabled = false;
      setText(submit, "Sign in");
    }
  }
}

/** A page with the brand above and nothing around it. */
export function doorView(...children) {
  return el(
    "main",
    { id: "main", class: "door", tabindex: "-1" },
    el("p", { class: "brand brand--large" }, el("span", { class: "brand__mark" }, icon("store")), "Store Platform"),
    children,
  );
}
