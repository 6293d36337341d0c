const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A number of bytes, in the unit in which it is short. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), UNITS.length - 1);
  const number = count / 1024 ** power;
  return `${power === 0 ? number : number.toFixed(1)} ${UNITS[power]}`;
}

/** A number of seconds, in the largest two units. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const [all, parts] = [Math.abs(Math.round(seconds)), [] as string[]];
  let rest = all;
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? '0 s' : `${sign}${parts.slice(0, 2).join(' ')}`;
}

/** A part of a whole, as a percentage; of nothing there is none. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? 'none yet' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** Values of variants, each as `name=value`. */
export function variantsOf(variants: Readonly<Record<string, string>>): string {
  return Object.entries(variants)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** A time, to the second, in UTC. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
