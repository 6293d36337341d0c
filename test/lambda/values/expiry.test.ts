import fc from 'fast-check';
import { expiration, ttlFault } from '../../../lambda/values/expiry';

const DAY = 86_400;
const NOW = Date.parse('2026-02-03T04:05:06.789Z');

test.each([
  [1, 1],
  [30 * DAY, 30 * DAY],
  [30 * DAY + 1, Math.floor(NOW / 1000) + 30 * DAY + 1],
  [365 * DAY, Math.floor(NOW / 1000) + 365 * DAY],
  [Infinity, 0],
])('%d seconds to live are %d for Memcached', (ttl, expires) => expect(expiration(ttl, NOW)).toBe(expires));

test('a time to live never becomes one of the past, nor none at all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 365 * DAY }), (ttl) => {
      const expires = expiration(ttl, NOW);
      // Memcached takes what is over 30 days for a time since 1970.
      expect(expires > 30 * DAY ? expires - Math.floor(NOW / 1000) : expires).toBe(ttl);
    }),
  );
});

test.each([0, -1, 1.5, NaN, 365 * DAY + 1, -Infinity, '60', null])('%p is no time to live', (ttl) => {
  expect(ttlFault(ttl)).toBe(
    `ttl must be a whole number of seconds from 1 to 31536000 (a year), or Infinity, got ${String(ttl)}`,
  );
});

test.each([1, 365 * DAY, Infinity])('%p is a time to live', (ttl) => expect(ttlFault(ttl)).toBeUndefined());
