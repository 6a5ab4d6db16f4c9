// How large a store is to be. The sizes are the platform's; this page only says them.

import { el, setText } from "../page/dom.js";

const PLANS = [
  { value: "small", label: "Small", text: "For a shop that begins." },
  { value: "medium", label: "Medium", text: "For steady traffic." },
  { value: "large", label: "Large", text: "For much traffic and a large catalogue." },
];

/** The choice; `value` is the plan chosen, `load()` brings the sizes. */
export function planChoice({ problem, load }) {
  const choices = PLANS.map(({ value, label, text }, index) => {
    const input = el("input", { type: "radio", name: "plan", value, checked: index === 0 });
    const sizes = el("span", { class: "hint tabular" });
    const node = el("label", { class: "choice" }, input, el("span", { class: "choice__text" }, el("span", { class: "choice__label" }, label), el("span", { class: "hint" }, text), sizes));
    return { node, input, value, sizes };
  });
  // Without the sizes the plans can still be chosen by what they are for.
  load().then(showSizes, () => {});
  return {
    node: el("fieldset", { class: "field choices choices--plans", "aria-describedby": "plan-problem" }, el("legend", { class: "field__label" }, "Plan"), choices.map((choice) => choice.node), problem),
    get value() {
      return choices.find((choice) => choice.input.checked).value;
    },
    focus: () => choices.find((choice) => choice.input.checked).input.focus(),
  };

  function showSizes(plans) {
    for (const choice of choices) {
      const plan = plans.find(({ name }) => name === choice.value);
      if (plan) setText(choice.sizes, sizesOf(plan));
    }
  }
}

/** `0.2 CPU, 640 MiB, 4 GiB of storage`: what shop and database ask of the cluster. */
export function sizesOf({ shop, database, shopStorage, databaseStorage }) {
  const memory = shop.memory + database.memory;
  const amount = memory < 1024 ? `${memory} MiB` : `${Math.round((memory / 1024) * 10) / 10} GiB`;
  return `${(shop.cpu + database.cpu) / 1000} CPU, ${amount}, ${shopStorage + databaseStorage} GiB of storage`;
}
