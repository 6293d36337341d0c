import type { SiteConfigInput } from '../../lib/site/site-config';
import { freshPage } from '../support/test-origin';
import { ask, askUntilHit } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { newPath } from './attack';
import { saying, type OriginAnswer } from '../support/http-case';

/** Everything on that has a page of the application's stored or answered more often than by itself. */
const PERMISSIVE: Partial<SiteConfigInput> = {
  eligibility: { requestDirectives: 'honour', authorization: 'as-the-page-says' },
  fill: { unstorable: 'answer' },
  storage: {
    staleIfError: 60,
    keptFor: 120,
    keepNoCache: true,
    heuristicFraction: 0.1,
    errorsThatSaySo: true,
    negativeTtl: 60,
  },
};

const AGE = 'max-age=600';
const MODIFIED = { 'Last-Modified': 'Thu, 01 Jan 2015 00:00:00 GMT', ETag: '"same"' };

const PRIVATE: [string, OriginAnswer['fields']][] = [
  ...[
    'private',
    'PRIVATE',
    'Private',
    'private="set-cookie"',
    "private='x'",
    'private=',
    'private,',
    ',private',
    'private;max-age=9',
  ].map((said): [string, OriginAnswer['fields']] => [said, { 'Cache-Control': `${AGE}, ${said}` }]),
  ...[
    'no-store',
    'NO-STORE',
    'no-store=1',
    'no-store;',
    '"no-store"',
    'public, no-store',
    'no-store, public, s-maxage=600',
  ].map((said): [string, OriginAnswer['fields']] => [said, { 'Cache-Control': `${AGE}, ${said}` }]),
  ['private in a second line', { 'Cache-Control': [AGE, 'private'] }],
  ['private in a first line', { 'Cache-Control': ['private', AGE] }],
  ['private behind an open quote', { 'Cache-Control': `${AGE}, x="y, private` }],
  ['private behind odd spaces', { 'Cache-Control': `${AGE}\t,\tprivate` }],
  ['max-age that is no number, with private', { 'Cache-Control': 'max-age=x, private' }],
  ['private in the field for CDNs', { 'CDN-Cache-Control': 'private', 'Cache-Control': AGE }],
  ['no-store in a broken field for CDNs', { 'CDN-Cache-Control': 'No-Store,,', 'Cache-Control': AGE }],
  ['a cookie', { 'Cache-Control': `public, ${AGE}`, 'Set-Cookie': 'session=1' }],
  ['a cookie in capitals', { 'Cache-Control': `public, ${AGE}`, 'SET-COOKIE': 'session=1' }],
  ['a cookie of another kind', { 'Cache-Control': `public, ${AGE}`, 'Set-Cookie2': 'session=1' }],
  ['an empty cookie', { 'Cache-Control': `public, ${AGE}`, 'Set-Cookie': '' }],
  [
    'a cookie that Connection lists',
    { 'Cache-Control': `public, ${AGE}`, 'Set-Cookie': 'a=1', Connection: 'set-cookie' },
  ],
  ['cookies of two lines', { 'Cache-Control': `public, ${AGE}`, 'Set-Cookie': ['a=1', 'b=2'] }],
  ['Vary: *', { 'Cache-Control': `public, ${AGE}`, Vary: '*' }],
  ['Vary: * among others', { 'Cache-Control': `public, ${AGE}`, Vary: ['Accept-Encoding', 'Cookie, *'] }],
  ['Vary by something else', { 'Cache-Control': `public, ${AGE}`, Vary: 'Accept-Encoding, X-Forwarded-For' }],
  ['Vary that is no list', { 'Cache-Control': `public, ${AGE}`, Vary: 'Accept-Encoding;Cookie' }],
];

describe.each<[string, Partial<SiteConfigInput>]>([
  ['a site', {}],
  ['a site that stores all that it may', PERMISSIVE],
])('on %s, an answer with', (_, config) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite(config)));
  afterAll(() => site?.stop());

  test.each(PRIVATE)('%s is one visitor’s: every other gets an answer of their own', async (__, fields = {}) => {
    const path = newPath('/private');
    // Every answer has a text of its own.
    site.origin.on(path, saying({ fields: { 'Content-Type': 'text/plain', ...fields } }));
    const visitors = [ask(site.address, path), ask(site.address, path), ask(site.address, path)];
    const bodies = (await Promise.all(visitors)).map(({ body }) => body);
    for (let i = 0; i < 2; i += 1) bodies.push((await ask(site.address, path)).body);
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  test.each(['no-cache', 'no-cache="x"', 'max-age=0', 's-maxage=0', 'max-age=0, must-revalidate'])(
    '%s is asked for again by every visitor',
    async (said) => {
      const path = newPath('/asked');
      // It has changed each time, and claims by its validators that it has not.
      site.origin.on(path, saying({ fields: { 'Cache-Control': said, ...MODIFIED } }));
      const bodies: string[] = [];
      for (let i = 0; i < 4; i += 1) bodies.push((await ask(site.address, path)).body);
      expect(new Set(bodies).size).toBe(4);
    },
  );

  test('Vary: Cookie is stored as it looks without cookies, and no session gets it, nor adds to it', async () => {
    const path = newPath('/varied');
    site.origin.on(path, ({ headers }, response) =>
      response.writeHead(200, { 'Cache-Control': AGE, Vary: 'Cookie' }).end(`for ${headers.cookie ?? 'nobody'}`),
    );
    expect((await ask(site.address, path, { Cookie: 'session=1' })).body).toBe('for session=1');
    expect((await askUntilHit(site.address, path)).body).toBe('for nobody');
    expect((await askUntilHit(site.address, path, { Cookie: '_ga=1' })).body).toBe('for nobody');
    expect((await ask(site.address, path, { Cookie: 'session=2' })).body).toBe('for session=2');
    expect((await askUntilHit(site.address, path)).body).toBe('for nobody');
  });

  test('a page for somebody’s Authorization, which does not say that it is for all, is nobody else’s', async () => {
    const path = newPath('/authorized');
    site.origin.on(path, ({ headers }, response) =>
      response.writeHead(200, { 'Cache-Control': AGE, ...MODIFIED }).end(`for ${headers.authorization ?? 'nobody'}`),
    );
    // Where pages say whether they answer requests with Authorization, one that was made without is for everybody.
    const publicPage = config.eligibility === undefined ? [] : ['for nobody'];
    for (const Authorization of ['Bearer 1', 'Bearer 2', 'Bearer 1']) {
      expect([`for ${Authorization}`, ...publicPage]).toContain(
        (await ask(site.address, path, { Authorization })).body,
      );
      expect((await ask(site.address, path)).body).toBe('for nobody');
    }
  });

  test('a page that is stored stays, and what it was before does not come back', async () => {
    const path = newPath('/public');
    site.origin.on(path, freshPage());
    const { body } = await askUntilHit(site.address, path);
    expect((await askUntilHit(site.address, path)).body).toBe(body);
  });
});
