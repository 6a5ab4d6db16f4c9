// Line icons as path data: a sprite file would be one more request, and `data:` images are forbidden by the
// Content-Security-Policy. Icons are decoration; the text beside them carries the meaning.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  store: "M4 10 5.5 5h13L20 10M4 10a2.67 2.67 0 0 0 5.33 0 2.67 2.67 0 0 0 5.34 0A2.67 2.67 0 0 0 20 10M5.5 13.5V19h13v-5.5",
  plus: "M12 5v14M5 12h14",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "m6.5 6.5 11 11m0-11-11 11",
  clock: "M12 7v5l3.5 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17",
  ring: "M12 3.5a8.5 8.5 0 1 0 8.5 8.5",
  alert: "M12 8.5v4.5m0 3.2v.1M10.7 4.3 3 17.7A1.5 1.5 0 0 0 4.3 20h15.4a1.5 1.5 0 0 0 1.3-2.3L13.3 4.3a1.5 1.5 0 0 0-2.6 0",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l.7 12.5h8.6L17 7M10.5 11v5M13.5 11v5",
  out: "M13.5 5H19v5.5M19 5l-8.5 8.5M10 6H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-4",
  back: "M19 12H5.5m5.5-6-6 6 6 6",
  lock: "M7.5 11V8a4.5 4.5 0 0 1 9 0v3M6 11h12v9H6zM12 14.5v2",
  leave: "M14 8V5H5v14h9v-3M9.5 12H20m-3.5-3.5L20 12l-3.5 3.5",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l4.5 4.5",
  again: "M19 12a7 7 0 1 1-2.1-5L19 9M19 4v5h-5",
  cloudOff: "m4 4 16 16M8 8.5A6 6 0 0 1 17.5 12 4 4 0 0 1 20 18.5M6.5 11A4 4 0 0 0 7.5 19H15",
};

/** The icon, hidden from assistive technology. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
