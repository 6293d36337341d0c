import { createHash } from 'node:crypto';

/** Queries of one to three parameters with these names, `?` standing for any, and values out of random bytes. */
export const madeUpQueries = (count: number, ...names: string[]) =>
  Array.from({ length: count }, (_, i) => {
    const bytes = createHash('md5').update(String(i)).digest();
    return Array.from({ length: 1 + (i % 3) }, (__, n) => {
      const [of = 0, ...more] = bytes.subarray(n * 4, n * 4 + 4);
      const value = more.map((byte) => (byte < 128 ? `%${byte.toString(16).padStart(2, '0')}` : byte)).join('');
      return `${(names[of % names.length] ?? '').replace('?', `x${i}`)}=${value}`;
    }).join('&');
  });
