// Amounts as people read them.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** `640 MiB`, `1.5 GiB`. */
export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${(value < 10 ? short : whole).format(value)} ${UNITS[unit]}`;
}

/** `0.25`, `12`. */
export const cores = (count) => fine.format(count);

/** `10,000`. */
export const number = (count) => whole.format(count);

/** `1 store`, `2 stores`. */
export const counted = (count, one, many = `${one}s`) => `${whole.format(count)} ${count === 1 ? one : many}`;

/** A part of a whole in per cent, between 0 and 100; 0 of nothing. */
export function share(part, all) {
  return all > 0 ? Math.min(100, Math.max(0, (100 * part) / all)) : 0;
}
