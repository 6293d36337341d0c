import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { install } from './application';

let site: TestSite;
beforeAll(async () => (site = await startTestSite({}, { behindLoadBalancer: true })));
afterAll(() => site?.stop());

type Headers = Record<string, string>;

/** Follows redirects within the site as a browser does that has cookies of its own and keeps those that it is given. */
async function browse(path: string, headers: Headers = {}): Promise<RawAnswer> {
  const jar = headers.Cookie === undefined ? [] : [headers.Cookie];
  for (let target = path, hops = 0; hops < 6; hops += 1) {
    const answer = await ask(site.address, target, { ...headers, ...(jar.length > 0 && { Cookie: jar.join('; ') }) });
    if (answer.headers['set-cookie'] !== undefined) jar.push(answer.headers['set-cookie'].split(';')[0] ?? '');
    if (answer.headers.location === undefined) return answer;
    target = answer.headers.location.replace(/^https?:\/\/[^/]+/, '');
  }
  throw new Error(`${path} leads in circles`);
}

describe('no redirect leads in circles:', () => {
  test('an application that tests for cookies', async () => {
    const path = install(site, ({ url = '', headers }, say) => {
      if (headers.cookie !== undefined) say('with cookies');
      else if (url.includes('tested')) say('no cookies');
      else say('', { Location: `${path}?tested`, 'Set-Cookie': 'test=1' }, 302);
    });
    expect((await browse(path)).body).toBe('with cookies');
    expect((await browse(path, { Cookie: 'test=1' })).body).toBe('with cookies');
    expect((await ask(site.address, `${path}?tested`)).body).toBe('no cookies');
    expect((await browse(path)).body).toBe('with cookies');
  });

  test('one that redirects whoever has no cookie to the same page, for a day', async () => {
    const path = install(site, ({ headers }, say) => {
      if (headers.cookie !== undefined) say('in');
      else say('', { Location: path, 'Set-Cookie': 'seen=1' }, 301);
    });
    for (let i = 0; i < 3; i += 1) expect((await browse(path)).body).toBe('in');
  });

  test('one that redirects so without a cookie of its own, as whoever else set it', async () => {
    const path = install(site, ({ headers }, say) => {
      if (headers.cookie !== undefined) say(`in ${headers.cookie}`);
      else say('', { Location: `http://www.example.com${path}` }, 301);
    });
    await ask(site.address, path);
    expect((await browse(path, { Cookie: 'seen=1' })).body).toBe('in seen=1');
    expect((await ask(site.address, path, { Cookie: 'seen=2' })).body).toBe('in seen=2');
  });

  test('one that wants https', async () => {
    const path = install(site, ({ headers }, say) => {
      if (headers['x-forwarded-proto'] === 'https') say('secure');
      else say('', { Location: `https://www.example.com${path}` }, 301);
    });
    for (let i = 0; i < 3; i += 1) {
      expect((await ask(site.address, path)).status).toBe(301);
      expect((await ask(site.address, path, { 'X-Forwarded-Proto': 'https' })).body).toBe('secure');
    }
  });
});

describe('a redirect to where the site has no say', () => {
  test.each([
    'https://elsewhere.example/',
    '//elsewhere.example/x',
    'app://open',
    'https://www.example.com.elsewhere.example/',
  ])('%s is the origin’s answer each time', async (Location) => {
    const path = install(site, (_, say) => say('', { Location, 'Cache-Control': 'public, max-age=600' }, 301));
    for (let i = 0; i < 3; i += 1) {
      const answer = await ask(site.address, path);
      expect(answer.headers.location).toBe(Location);
      expect(cacheStatus(answer)).toMatch(/detail=(?:off-site-redirect|pass-marker)/);
    }
  });

  test.each(['/other', 'https://www.example.com/other', 'http://www.example.com:8080/other'])(
    'unlike one within the site, %s',
    async (Location) => {
      const path = install(site, (_, say) => say('', { Location, 'Cache-Control': 'public, max-age=600' }, 301));
      expect((await askUntilHit(site.address, path)).headers.location).toBe(Location);
    },
  );
});
