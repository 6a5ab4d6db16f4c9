// The proof that a store sells: a guest's order, way by way, with the time of each.

import { el, fill, setText } from "../page/dom.js";
import { duration } from "../page/time.js";

const LEGS = {
  product: "Product found",
  cart: "Cart opened",
  addItem: "Put into the cart",
  checkout: "Ordered as a guest",
  orderSeen: "Seen by the merchant",
  orderRemoved: "Removed again",
};

/** The card; `show(store)` brings it up to date. Hidden until an order has gone through. */
export function orderProof() {
  const note = el("p", { class: "muted tabular card__note" });
  const list = el("dl", { class: "legs" });
  const node = el(
    "section",
    { class: "card", "aria-labelledby": "proof-title", hidden: true },
    el("div", { class: "card__head" }, el("h2", { id: "proof-title" }, "Order proof"), note),
    list,
  );
  let shown = "";
  return { node, show };

  function show(store) {
    const proof = (store.conditions ?? []).find(({ type }) => type === "OrderPathVerified");
    const legs = proof?.legs ?? [];
    node.hidden = legs.length === 0;
    const key = JSON.stringify(legs);
    if (key === shown) return;
    shown = key;
    setText(note, `A guest’s order in ${duration(1000 * legs.reduce((sum, leg) => sum + leg.duration, 0))}`);
    fill(list, ...legs.map((leg) => el("div", { class: "leg" }, el("dt", {}, LEGS[leg.name] ?? leg.name), el("dd", { class: "tabular" }, duration(leg.duration * 1000)))));
  }
}
