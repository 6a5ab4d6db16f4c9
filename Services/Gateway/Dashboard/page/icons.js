// Line icons as path data: a sprite file would be one more request, and `data:` images are forbidden by the
// Content-Security-Policy. Icons are decoration; the text beside them carries the meaning.

import { svg } from "./svg.js";

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
  copy: "M9 9h10v11H9zM5 15V4h10",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6",
  eyeOff: "m4 4 16 16M9.5 5.9A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-2.6 3.3M6.3 7.3A15.6 15.6 0 0 0 2.5 12s3.5 6.5 9.5 6.500a8.8 8.8 0 0 0 4.5-1.2",
  key: "M8 11.500a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12.5 19.5 4M16 7.500l3 3M13.5 10l1.8 1.8",
  people: "M9 5a3.2 3.2 0 1 0 0 6.400A3.2 3.2 0 0 0 9 5M3 19c.4-3.4 2.7-5 6-5s5.6 1.6 6 5M15.5 5.300a3.2 3.2 0 0 1 0 5.800M17.5 14.300c2.1.7 3.3 2.3 3.5 4.7",
  chart: "M4.5 4.500v15h15M8.5 15.500v-3M12.5 15.500v-7M16.5 15.500v-5",
  list: "M8.5 6.500H20M8.5 12H20M8.5 17.500H20M4.2 6.500h.1M4.2 12h.1M4.2 17.500h.1",
  book: "M6 4.500h12v15H7.500A1.5 1.5 0 0 1 6 18zM6 18a1.5 1.5 0 0 1 1.5-1.500H18",
  pencil: "M5 19l.8-3.800L16 5l3 3L8.8 18.200zM14 7l3 3",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5 18 12 8 18.500z",
  wrap: "M4.5 6.500h15M4.5 12h12a2.750 2.750 0 0 1 0 5.500H12m2-2-2 2 2 2M4.5 17.500h3",
  down: "M12 5v13.500m5.5-5.500L12 18.5 6.5 13",
  cloudOff: "m4 4 16 16M8 8.5A6 6 0 0 1 17.5 12 4 4 0 0 1 20 18.5M6.5 11A4 4 0 0 0 7.5 19H15",
};

/** The icon, hidden from assistive technology. */
export function icon(name, extra = "") {
  return svg("svg", { viewBox: "0 0 24 24", class: `icon ${extra}`.trim(), "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}
