// Elements of drawings. Sizes and places are attributes and colours are classes, so that no inline style is needed.

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children; null, undefined and false are left out. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
