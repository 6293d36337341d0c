import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { md5, storeBody } from '../support/stored-body';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
const answersOwn = (path: string) => site.origin.on(path, (_, response) => response.end('own'));

describe('with a key of the path and query', () => {
  beforeAll(async () => {
    site = await startTestSite({
      hosts: ['www.example.com'],
      eligibility: { bypassPaths: ['/search'], bypassHosts: ['edit.example.com'] },
      compatibility: { preset: 'custom-key', key: 'CUSTOMKEY' },
    });
  });
  afterAll(() => site?.stop());

  test("what Memcached cannot take as a key, or nginx cannot ask for, is the application's", async () => {
    const [longest, tooLong] = [250, 251].map((bytes) => `/${'x'.repeat(bytes - ':1:CUSTOMKEY:/'.length)}`);
    await storeBody(site, `:1:CUSTOMKEY:${longest}`, 'stored');
    expect((await askUntilHit(site.address, longest ?? '')).body).toBe('stored');
    // nginx would ask for it in place of `/a%20b`: it is the application's key of another page.
    await storeBody(site, ':1:CUSTOMKEY:/a%2520b', 'of another page');
    for (const path of [tooLong ?? '', '/a%20b', '/a%2520b', '/caf%C3%A9', `/${'y'.repeat(5000)}`]) {
      answersOwn(path);
      const answer = await ask(site.address, path);
      expect([answer.body, cacheStatus(answer)]).toEqual(['own', 'fwd=bypass; detail=key']);
    }
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['GET', { Cookie: 'sessionid=1' }, '/', 'fwd=bypass; detail=cookie'],
    ['GET', { Authorization: 'Bearer x' }, '/', 'fwd=bypass; detail=authorization'],
    ['POST', {}, '/', 'fwd=method'],
    ['GET', { 'HX-Request': 'true' }, '/', 'fwd=bypass; detail=partial'],
    ['GET', {}, '/admin/login/', 'fwd=bypass; detail=path'],
    ['GET', {}, '/search/x', 'fwd=bypass; detail=path'],
    ['GET', { Host: 'edit.example.com' }, '/', 'fwd=bypass; detail=host'],
  ])('%s with %j of %s never gets a stored page', async (method, headers, path, status) => {
    await storeBody(site, `:1:CUSTOMKEY:${path}`, "somebody else's");
    answersOwn(path);
    const answer = await ask(site.address, path, headers, method);
    expect([answer.body, cacheStatus(answer)]).toEqual(['own', status]);
  });

  test("a host that is not the site's gets 421", async () => {
    expect(await ask(site.address, '/', { Host: 'evil.example' })).toMatchObject({ status: 421 });
  });
});

describe('with a hash of host, path, query and page version', () => {
  beforeAll(async () => {
    const pageVersions = ['anonymous', 'member'];
    site = await startTestSite({
      hosts: ['www.example.com'],
      compatibility: { preset: 'django-nginx-memcache', prefix: 'ps', version: 3, pageVersions },
    });
  });
  afterAll(() => site?.stop());

  test.each([
    ['_ga=1; pv=member', 'member'],
    ['_ga=1', 'anonymous'],
    ['pv=anonymous', 'anonymous'],
    ['pv=forged', 'anonymous'],
    ['pv=', 'anonymous'],
    ['pv="member"', 'anonymous'],
  ])('the cookies %s choose the page version %s', async (Cookie, version) => {
    for (const stored of ['anonymous', 'member', 'forged', '', '"member"']) {
      await storeBody(site, `ps:3:${md5(`www.example.com/list?page=2&pv=${stored}`)}`, stored);
    }
    expect((await askUntilHit(site.address, '/list?page=2', { Cookie })).body).toBe(version);
  });

  test.each(['WWW.example.com', 'www.example.com:80', 'www.example.com:8080'])(
    'the host is looked up in one spelling only, not as %s: such a page would outlive its purge',
    async (Host) => {
      await storeBody(site, `ps:3:${md5(`${Host}/&pv=anonymous`)}`, 'stored');
      answersOwn('/');
      const answer = await ask(site.address, '/', { Host });
      expect([answer.body, cacheStatus(answer)]).toEqual(['own', 'fwd=bypass; detail=host']);
    },
  );
});

describe('with keys of the path alone', () => {
  afterEach(() => site?.stop());

  test("django-nginx-memcache's reader answers every query with the page of the path, as it does there", async () => {
    site = await startTestSite({ compatibility: { preset: 'django-nginx-memcache', follows: 'reader' } });
    await storeBody(site, `:1:${md5('www.example.com/café&pv=')}`, 'page 1');
    expect((await askUntilHit(site.address, '/caf%C3%A9?page=2')).body).toBe('page 1');
  });

  test("otherwise a query is the application's; only listed paths are looked up", async () => {
    site = await startTestSite({
      hosts: ['www.example.com'],
      eligibility: { cachedPaths: ['/list', '/news'] },
      compatibility: { preset: 'prefix-path' },
    });
    for (const path of ['/list', '/list-old', '/news/1']) {
      await storeBody(site, `.${path}`, 'stored');
      answersOwn(path);
    }
    expect((await askUntilHit(site.address, '/list')).body).toBe('stored');
    expect((await askUntilHit(site.address, '/news/1')).body).toBe('stored');
    const answers = [await ask(site.address, '/list?page=2'), await ask(site.address, '/list-old')];
    expect(answers.map((answer) => [answer.body, cacheStatus(answer)])).toEqual([
      ['own', 'fwd=bypass; detail=query'],
      ['own', 'fwd=bypass; detail=path'],
    ]);
  });
});
