import type { IncomingMessage } from 'node:http';
import { PARTIAL_RENDERING_HEADERS } from '../../lib/site/well-known';
import { ask, askUntilHit } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { type Application, install } from './application';
import { isOwn, MARK } from './attack';
import { storedText } from './stored-text';

/*
 * The cache renders a page from what its key covers. An application that shows somebody something else has to get that
 * somebody's whole request, or they would see a page without what is theirs.
 */

let site: TestSite;
beforeAll(async () => (site = await startTestSite({}, { behindLoadBalancer: true })));
afterAll(() => site?.stop());

type Headers = Record<string, string>;
const plain =
  (pick: (request: IncomingMessage) => string): Application =>
  (request, say) =>
    say(pick(request));
const field = (request: IncomingMessage, name: string) => request.headers[name]?.toString() ?? '';

const SESSION_COOKIES =
  `PHPSESSID connect.sid laravel_session .AspNetCore.Cookies wordpress_logged_in_1 wp-postpass_1 __Host-id
  JSESSIONID _session_id remember_user_token sb-access-token ory_kratos_session sessionid auth x _gasession ga AWSELBAuthSessionCookie-0
  __Secure-next-auth.session-token woocommerce_items_in_cart comment_author_1 csrftoken`.split(/\s+/);

test.each<[string, Application, Headers]>([
  ...SESSION_COOKIES.map((name): [string, Application, Headers] => [
    `a login in the cookie ${name}`,
    plain((request) => `hello ${/=(.*)/.exec(field(request, 'cookie'))?.[1] ?? 'stranger'}`),
    { Cookie: `${name}=${MARK}` },
  ]),
  ...PARTIAL_RENDERING_HEADERS.map((name): [string, Application, Headers] => [
    `a part of the page for ${name}`,
    plain((request) => (field(request, name) === '' ? '<html>the page</html>' : `a part for ${field(request, name)}`)),
    { [name]: MARK },
  ]),
  ['a basic login', plain((request) => `hello ${field(request, 'authorization')}`), { Authorization: `Basic ${MARK}` }],
  [
    'a login by a header that answers 401 without',
    (request, say) =>
      field(request, 'x-api-key') === '' ? say('who?', {}, 401) : say(`hello ${field(request, 'x-api-key')}`),
    { 'X-Api-Key': MARK },
  ],
  [
    'a cart',
    plain((request) => `${(field(request, 'cookie').match(/item/g) ?? []).length} items ${field(request, 'cookie')}`),
    { Cookie: `cart=item${MARK}` },
  ],
  [
    'an age gate that redirects',
    (request, say) =>
      field(request, 'cookie').includes('adult')
        ? say(`content ${field(request, 'cookie')}`)
        : say('', { Location: '/gate' }, 302),
    { Cookie: `adult=${MARK}` },
  ],
  [
    'an age gate in the page',
    plain((request) =>
      field(request, 'cookie').includes('adult') ? `content ${field(request, 'cookie')}` : 'how old are you?',
    ),
    { Cookie: `adult=${MARK}` },
  ],
  [
    'a flash message',
    (request, say) =>
      field(request, 'cookie').includes('flash')
        ? say(`saved ${field(request, 'cookie')}`, { 'Set-Cookie': 'flash=; Max-Age=0' })
        : say('the page'),
    { Cookie: `flash=${MARK}` },
  ],
  [
    'an allow-list of origins',
    (request, say) =>
      say(`for ${field(request, 'origin')}`, { 'Access-Control-Allow-Origin': field(request, 'origin') || '*' }),
    { Origin: `https://${MARK}.example` },
  ],
  [
    'an allow-list of addresses',
    (request, say) =>
      field(request, 'x-forwarded-for').startsWith('203.0.113.')
        ? say(`for ${field(request, 'x-forwarded-for')}`)
        : say('not for you', {}, 403),
    { 'X-Forwarded-For': `203.0.113.9, ${MARK}` },
  ],
  [
    'a choice by Accept, of which it says so',
    (request, say) => say(`as ${field(request, 'accept')}`, { Vary: 'Accept' }),
    { Accept: `application/${MARK}` },
  ],
  [
    'a choice by Accept-Language, of which it says so',
    (request, say) => say(`in ${field(request, 'accept-language')}`, { Vary: 'Accept-Encoding, accept-language' }),
    { 'Accept-Language': MARK },
  ],
  [
    'a choice by User-Agent, of which it says so',
    (request, say) => say(`for ${field(request, 'user-agent')}`, { Vary: 'User-Agent' }),
    { 'User-Agent': MARK },
  ],
  [
    'a choice by a header of its own, of which it says so',
    (request, say) => say(`for ${field(request, 'x-group')}`, { Vary: '*' }),
    { 'X-Group': MARK },
  ],
  [
    'an event stream',
    plain((request) => `data: ${field(request, 'last-event-id')}`),
    { Accept: 'text/event-stream', 'Last-Event-ID': MARK },
  ],
])(
  '%s: whoever asks gets the answer to their whole request, and nobody else anything of it',
  async (_, application, headers) => {
    const path = install(site, application);
    // Before anybody, after somebody without any of it, and once more.
    for (let round = 0; round < 3; round += 1) {
      const own = await ask(site.address, path, headers);
      expect([isOwn(own), own.body]).toEqual([true, expect.stringContaining(MARK)]);
      expect(JSON.stringify(await ask(site.address, path))).not.toContain(MARK);
    }
    expect(await storedText(site)).not.toContain(MARK);
  },
);

test('what is shown to addresses of the own network is shown to no rendering', async () => {
  const isPrivate = (address: string) =>
    address === '' || /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1|f[cd])/i.test(address);
  const path = install(site, (request, say) =>
    say(isPrivate(field(request, 'x-forwarded-for')) ? `debug ${MARK}` : 'the page'),
  );
  for (const address of ['10.0.0.1', '127.0.0.1', '::1', '192.168.1.1']) {
    expect((await ask(site.address, path, { 'X-Forwarded-For': address })).body).toBe('the page');
  }
  expect((await askUntilHit(site.address, path)).body).toBe('the page');
});

test('two tests at a time: each visitor gets the group that they were given', async () => {
  let groups = 0;
  const path = install(site, ({ headers }, say) => {
    if (headers.cookie !== undefined) say(`group ${headers.cookie}`);
    else say(`group ab=${(groups += 1)}`, { 'Set-Cookie': `ab=${groups}` });
  });
  const visitors = await Promise.all(Array.from({ length: 8 }, () => ask(site.address, path)));
  const given = visitors.map(({ headers, body }) => {
    expect(body).toBe(`group ${headers['set-cookie']}`);
    return headers['set-cookie'];
  });
  expect(new Set(given).size).toBe(8);
});
