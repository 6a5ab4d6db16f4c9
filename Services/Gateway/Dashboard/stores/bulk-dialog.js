// One thing done to many stores: first they are named, then each says what came of it.

import { counted } from "../page/amounts.js";
import { el, fill, setText } from "../page/dom.js";
import { icon } from "../page/icons.js";

// Enough to be quick, few enough to leave room for others.
const AT_ONCE = 4;
const PATIENCE = 5;

/** The dialog. `why(store)` says why a store is left out, or null; `phrase(stores)` is what has to be typed, where it is
 *  given; `act(store)` does it, `done` is what is said when it is; `closed` is called when it was done and read. */
export function bulkDialog({ title, text, doing, done, stores, why, phrase, act, isDanger = false, closed }) {
  const entries = stores.map((store) => ({ store, left: why(store), node: el("li", { class: "bulk-item" }), said: el("span", { class: "bulk-item__said" }) }));
  const wanted = entries.filter((entry) => entry.left === null);
  const typed = phrase && wanted.length > 0 ? phrase(wanted.map(({ store }) => store)) : null;
  const submit = el("button", { type: "submit", class: `button ${isDanger ? "button--danger-solid" : "button--primary"}` }, `${title} ${counted(wanted.length, "store")}`);
  const cancel = el("button", { type: "button", class: "button", onclick: () => node.close() }, "Cancel");
  const input = el("input", { id: "bulk-phrase", class: "input input--code", autocomplete: "off", autocapitalize: "none", spellcheck: "false", oninput: allow });
  const typing = typed && el("div", { class: "field" }, el("label", { class: "field__label", for: "bulk-phrase" }, "Type ", el("code", {}, typed), " to confirm"), input);
  const summary = el("p", { class: "bulk-summary", role: "status" });
  const list = el("ul", { class: "bulk-items" }, entries.map(({ node: item }) => item));
  const node = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "bulk-title", onclose: leave },
    el(
      "form",
      { novalidate: true, onsubmit: press },
      el("h2", { id: "bulk-title", class: "dialog__title" }, `${title} ${counted(wanted.length, "store")}?`),
      el("p", {}, text),
      el("div", { class: "bulk-box", tabindex: "0", role: "region", "aria-label": "The stores" }, list),
      typing,
      summary,
      el("div", { class: "dialog__actions" }, cancel, submit),
    ),
  );
  let isDone = false;
  for (const entry of entries) {
    fill(entry.node, el("span", { class: "bulk-item__name" }, entry.store.name), entry.said);
    say(entry, entry.left ? "left" : "waiting", entry.left ? `Left out: ${entry.left.toLowerCase()}` : "");
  }
  allow();
  return {
    node,
    open() {
      document.body.append(node);
      node.showModal();
      (typed ? input : wanted.length > 0 ? submit : cancel).focus();
    },
  };

  function allow() {
    submit.disabled = wanted.length === 0 || (typed !== null && input.value.trim() !== typed);
  }

  async function press(event) {
    event.preventDefault();
    // Enter submits a form whatever its button says.
    if (submit.disabled) return;
    submit.disabled = true;
    input.disabled = true;
    setText(submit, doing);
    const queue = [...wanted];
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue)));
    const refused = wanted.filter(({ node: item }) => item.dataset.state === "refused").length;
    isDone = true;
    setText(summary, refused === 0 ? `Done: ${counted(wanted.length, "store")}.` : `${counted(wanted.length - refused, "store")} done, ${refused} refused.`);
    submit.hidden = true;
    setText(cancel, "Close");
    cancel.focus();
  }

  async function work(queue) {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      say(entry, "busy", doing);
      try {
        await patiently(() => act(entry.store));
        say(entry, "done", done);
      } catch (failure) {
        say(entry, "refused", failure.message);
      }
    }
  }

  function leave() {
    node.remove();
    if (isDone) closed();
  }
}

// Many at once may be more than the platform takes in a second; then it says how long to wait.
async function patiently(work) {
  for (let left = PATIENCE; ; left -= 1) {
    try {
      return await work();
    } catch (failure) {
      if (failure.status !== 429 || left === 0) throw failure;
      await new Promise((resolve) => setTimeout(resolve, failure.retryAfterMs || 1000));
    }
  }
}

const SYMBOLS = { busy: "ring", done: "check", refused: "alert" };

function say({ node, said }, state, words) {
  node.dataset.state = state;
  fill(said, SYMBOLS[state] && icon(SYMBOLS[state], state === "busy" ? "icon--turning" : ""), words);
}
