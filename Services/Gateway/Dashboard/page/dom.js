// Builds elements by hand. Nothing in the dashboard ever parses a string as HTML: what a store, an event or an
// error says reaches the page as text only, so a store named after a script stays a name.

/** An element with attributes, listeners (`onclick: f`) and children; null, undefined and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

/** Replaces all children. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

/** Sets text only when it differs: a live region repeats itself and a selection is lost on every needless write. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets or removes an attribute, only when it differs. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** A link out of the dashboard. An address that is not http(s) is shown as text: `javascript:` must not become a link. */
export function outsideLink(address, attributes, ...children) {
  const scheme = URL.canParse(address ?? "") ? new URL(address).protocol : "";
  if (scheme !== "http:" && scheme !== "https:") return el("span", { class: attributes.class }, ...children);
  return el("a", { ...attributes, href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}
