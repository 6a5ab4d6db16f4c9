// Steps of an axis that people can read: 0, 5, 10, 15 s and not 0, 4.37, 8.74 s.

import { duration } from "../page/time.js";

const STEPS = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200];
const MOST = 4;

/** A scale from 0 to at least `largest` seconds, with at most five lines. */
export function niceScale(largest) {
  const step = STEPS.find((each) => largest / each <= MOST) ?? Math.ceil(largest / MOST / 43_200) * 43_200;
  const count = Math.max(1, Math.ceil(largest / step));
  return { top: step * count, steps: Array.from({ length: count + 1 }, (_, index) => index * step), words };
}

function words(seconds) {
  if (seconds === 0) return "0 s";
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}
