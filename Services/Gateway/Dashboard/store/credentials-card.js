// The way into a shop's admin. The password is asked for by a press, is on the page only while it is shown, and goes by
// itself: a screen that is left alone must not keep it.

import { copyButton } from "../page/copy-button.js";
import { el, fill, outsideLink, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { problemBox, whileBusy } from "../page/states.js";
import { may, whyNot } from "../platform/permissions.js";
import { isUnderWay } from "../platform/operation-book.js";
import { operationProgress } from "./operation-progress.js";
import { rotateDialog } from "./rotate-dialog.js";

const SHOWN_SECONDS = 60;

/** The card; `reveal()` resolves to {user, password, adminUrl}, `rotate(database)` when the platform has accepted it. */
export function credentialsCard({ session, reveal, rotate }) {
  const secret = el("div", { class: "secret" });
  const answer = el("div", {});
  const words = el("p", { class: "muted card__text" });
  const progress = operationProgress();
  const press = el("button", { type: "button", class: "button", onclick: ask }, icon("eye"), "Reveal");
  const change = el("button", { type: "button", class: "button", onclick: () => rotateDialog({ rotate: rotated }).open() }, icon("again"), "Rotate");
  const tools = el("div", { class: "secret__tools" }, press, change);
  const node = el("section", { class: "card", "aria-labelledby": "credentials-title" }, el("h2", { id: "credentials-title" }, "Admin access"), words, progress.node, secret, answer, tools);
  const mayReveal = may(session, "reveal");
  let countdown = 0;
  document.addEventListener("visibilitychange", hideWhenHidden);
  return { node, show, leave };

  function show(store, operation) {
    const isRotating = operation?.kind === "rotate" && isUnderWay(operation);
    progress.show(store, operation?.kind === "rotate" ? operation : null);
    press.hidden = change.hidden = !mayReveal;
    press.disabled = isRotating || store.status === "DELETING" || !store.adminUser;
    change.disabled = isRotating || store.status !== "READY";
    if (isRotating) hide();
    setText(words, wordsOf(store, isRotating));
    words.hidden = words.textContent === "";
    if (operation?.kind === "rotate" && operation.status === "failed") setText(answer, `The last rotation failed and was rolled back: ${operation.error?.message ?? "no reason was given"}`);
  }

  function wordsOf(store, isRotating) {
    if (!mayReveal) return whyNot(session, "reveal");
    if (isRotating) return "New passwords are being set and tried.";
    if (store.status === "DELETING") return "The shop is going, and its passwords with it.";
    if (!store.adminUser) return "There is a password as soon as the shop is set up.";
    return "The password is shown for a minute. That you looked is written down.";
  }

  async function ask() {
    fill(answer);
    hide();
    try {
      place(await whileBusy(press, "Asking", reveal));
    } catch (failure) {
      fill(answer, problemBox(failure));
    }
  }

  function place({ user, password, adminUrl }) {
    const left = el("span", { class: "tabular" });
    const shown = el("code", { class: "secret__text" }, password);
    const name = el("code", { class: "secret__text" }, user);
    const close = el("button", { type: "button", class: "button button--small", onclick: hide }, icon("eyeOff"), "Hide");
    fill(
      secret,
      el("p", { class: "secret__label" }, "User"),
      el("div", { class: "secret__line" }, name, copyButton({ what: "the user", text: () => user, of: name })),
      el("p", { class: "secret__label" }, "Password"),
      el("div", { class: "secret__line" }, shown, copyButton({ what: "the password", text: () => password, of: shown })),
      el("p", { class: "secret__foot hint" }, outsideLink(adminUrl, { class: "link" }, "Open the admin"), left, close),
    );
    tools.hidden = true;
    close.focus();
    let seconds = SHOWN_SECONDS;
    const tick = () => {
      setText(left, `Hides in ${seconds} s`);
      if (seconds <= 0) hide();
      seconds -= 1;
    };
    countdown = setInterval(tick, 1000);
    tick();
  }

  function hide() {
    if (!countdown) return;
    clearInterval(countdown);
    countdown = 0;
    const hadFocus = secret.contains(document.activeElement);
    fill(secret);
    tools.hidden = false;
    if (hadFocus) press.focus();
  }

  function hideWhenHidden() {
    if (document.hidden) hide();
  }

  async function rotated(database) {
    hide();
    fill(answer);
    await rotate(database);
  }

  function leave() {
    hide();
    document.removeEventListener("visibilitychange", hideWhenHidden);
  }
}
