import fc from 'fast-check';
import { canonicalQuery, type CanonicalQueryPolicy } from '../../../lib/site/canonical-query';

test.each<[string, CanonicalQueryPolicy, string, string]>([
  ['none keeps nothing', { policy: 'none' }, 'a=1', ''],
  ['all keeps everything, sorted by name', { policy: 'all' }, 'b=2&a=1&a', 'a=1&a&b=2'],
  ['parameters of one name keep their order', { policy: 'all' }, 'a=2&b=0&a=1', 'a=2&a=1&b=0'],
  ['empty parameters are left out', { policy: 'all' }, '&a=1&&', 'a=1'],
  ['bytes stay as they were sent', { policy: 'all' }, 'b=%2f&a=x+y%20z', 'a=x+y%20z&b=%2f'],
  ['only keeps what is named', { policy: 'only', names: ['page', 'f*'] }, 'x=1&page=2&filter=3', 'filter=3&page=2'],
  ['except drops what is named', { policy: 'except', names: ['utm_*', 'gclid'] }, 'gclid=1&a=1&utm_source=x', 'a=1'],
  ['names are compared as applications read them', { policy: 'except', names: ['utm_*'] }, '%75tm_source=x&a=1', 'a=1'],
  ['names are compared with regard to case', { policy: 'except', names: ['gclid'] }, 'GCLID=1', 'GCLID=1'],
])('%s', (_, policy, raw, canonical) => expect(canonicalQuery(raw, policy)).toBe(canonical));

test('a canonical query is its own canonical query', () => {
  const raw = fc.string({ unit: fc.constantFrom(...'ab=&%2+;') });
  fc.assert(
    fc.property(raw, (query) => {
      const canonical = canonicalQuery(query, { policy: 'except', names: ['b*'] });
      expect(canonicalQuery(canonical, { policy: 'except', names: ['b*'] })).toBe(canonical);
    }),
  );
});
