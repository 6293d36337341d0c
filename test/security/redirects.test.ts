import { ask, type RawAnswer } from '../support/raw-http';
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
