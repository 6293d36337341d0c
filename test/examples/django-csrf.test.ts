import { type DjangoSite, startDjangoSite } from '../support/django';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';

let site: DjangoSite;
beforeAll(async () => {
  site = await startDjangoSite({
    pages: 'tags',
    config: {
      storage: { defaultTtl: 0 },
      eligibility: { harmlessCookies: ['csrftoken'] },
      fragments: { privatePaths: ['/own'] },
    },
  });
});
afterAll(() => site?.stop());

interface Visitor {
  readonly cookie: string;
  /** What the page's script gets. */
  readonly token: string;
}

/** Asks for a cookie, as the script of a visitor without one does. */
async function arrive(): Promise<Visitor> {
  const answer = await ask(site.address, '/own/token.json');
  const [cookie = ''] = (answer.headers['set-cookie'] ?? '').split(';');
  return { cookie, token: (JSON.parse(answer.body) as { token: string }).token };
}

async function tokenInPage({ cookie }: Pick<Visitor, 'cookie'>): Promise<string | undefined> {
  const page = await askUntilHit(site.address, '/contact', { Cookie: cookie });
  return /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page.body)?.[1];
}

async function send({ cookie }: Pick<Visitor, 'cookie'>, token = ''): Promise<string> {
  const body = `csrfmiddlewaretoken=${token}&text=hello`;
  const headers = {
    Cookie: cookie,
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': String(body.length),
  };
  const answer = await ask(site.address, '/contact', headers, 'POST', body);
  return answer.status === 200 ? answer.body : String(answer.status);
}

test('two visitors with the same stored form have tokens of their own, which nobody else can use', async () => {
  expect(cacheStatus(await ask(site.address, '/contact'))).toBe('fwd=uri-miss; stored');
  const [ann, bob] = [await arrive(), await arrive()];
  const [forAnn, forBob] = [await tokenInPage(ann), await tokenInPage(bob)];
  expect(forAnn).toMatch(/^\w{64}$/);
  expect(forBob).not.toBe(forAnn);
  expect([await send(ann, forAnn), await send(bob, forBob)]).toEqual(['sent: hello', 'sent: hello']);
  expect([await send(ann, forBob), await send(bob, forAnn), await send(ann)]).toEqual(['403', '403', '403']);
});

test('a visitor without a cookie gets the script, and with it a token that counts', async () => {
  await ask(site.address, '/contact');
  const page = await askUntilHit(site.address, '/contact');
  expect(page.body).toContain('name="csrfmiddlewaretoken"><script src="/static/token.js">');
  expect(page.headers['set-cookie']).toBeUndefined();
  const visitor = await arrive();
  expect(await send(visitor, visitor.token)).toBe('sent: hello');
});
