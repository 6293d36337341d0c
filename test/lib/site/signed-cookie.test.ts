import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { type SignedCookie, signedClaim, verifiedValue } from '../../../lib/site/signed-cookie';

const of: SignedCookie = { site: 'shop', cookie: 'tier', values: ['free', 'paid', 'a.b'] };
const NOW = 1_800_000_000;
const signWith = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest('hex');
const sign = signWith('the application and the cache know it');
const verify = (claim: string, cookie = of, at = NOW) => verifiedValue(cookie, claim, at, sign);

test('a claim is a value, its expiry, and the signature of both for this site and cookie', () => {
  // echo -n 'shop tier paid 1800000060' | openssl dgst -sha256 -hmac 'the application and the cache know it'
  const signature = '41eba8d255b0a883c206fb67d561b014980961ae58aea36f77df118a7a1ff1ff';
  expect(signedClaim(of, 'paid', NOW + 60, sign)).toBe(`paid.1800000060.${signature}`);
});

test.each(['paid', 'a.b', 'free'])('a signed %s is believed until it expires', (value) => {
  const claim = signedClaim(of, value, NOW + 60, sign);
  expect([verify(claim), verify(claim, of, NOW + 59.9)]).toEqual([value, value]);
  expect([verify(claim, of, NOW + 60), verify(claim, of, NOW + 1e6)]).toEqual(['free', 'free']);
});

test.each<[string, string]>([
  ['a value without a signature', 'paid'],
  ['an expiry without a signature', `paid.${NOW + 60}`],
  ['nothing', ''],
  ['a value that there is not', signedClaim(of, 'gold', NOW + 60, sign)],
  ['another key', signedClaim(of, 'paid', NOW + 60, signWith('another'))],
  ['another site', signedClaim({ ...of, site: 'blog' }, 'paid', NOW + 60, sign)],
  ['another cookie', signedClaim({ ...of, cookie: 'role' }, 'paid', NOW + 60, sign)],
  ['the signature of another value', signedClaim(of, 'a.b', NOW + 60, sign).replace(/^a\.b/, 'paid')],
  ['a later expiry', signedClaim(of, 'paid', NOW + 60, sign).replace('1800000060', '1800000061')],
  ['an expiry written otherwise', signedClaim(of, 'paid', NOW + 60, sign).replace('.18', '.018')],
  ['a signature in upper case', signedClaim(of, 'paid', NOW + 60, sign).replace(/[^.]*$/, (s) => s.toUpperCase())],
  ['more after it', `${signedClaim(of, 'paid', NOW + 60, sign)}0`],
])('%s is not believed', (_, claim) => {
  expect(verify(claim)).toBe('free');
});

test('whatever is changed in a claim, it is not believed', () => {
  const claim = signedClaim(of, 'paid', NOW + 60, sign);
  fc.assert(
    fc.property(fc.nat(claim.length - 1), fc.integer({ min: 0x20, max: 0xff }), (at, byte) => {
      const changed = claim.slice(0, at) + String.fromCharCode(byte) + claim.slice(at + 1);
      fc.pre(changed !== claim);
      expect(verify(changed)).toBe('free');
    }),
    { numRuns: 5000 },
  );
});

test('what is signed says one site, cookie, value and expiry only', () => {
  const name = fc.stringMatching(/^[a-z0-9._-]{1,4}$/);
  const text = fc.tuple(name, name, name, fc.nat(99)).map(([site, cookie, value, expires]) => {
    let signed = '';
    signedClaim({ site, cookie, values: [] }, value, expires, (said) => (signed = said));
    return { signed, parts: JSON.stringify([site, cookie, value, expires]) };
  });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(one.signed === other.signed).toBe(one.parts === other.parts);
    }),
    { numRuns: 5000 },
  );
});
