import { gzipSync } from 'node:zlib';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { install } from './application';
import { newPath } from './attack';
import { storedText } from './stored-text';

let site: TestSite;
beforeAll(
  async () => (site = await startTestSite({ storage: { routes: [{ path: '/same-for-all', storeTokens: true }] } })),
);
afterAll(() => site?.stop());

const HTML = { 'Content-Type': 'text/html', 'Cache-Control': 'public, max-age=600' };
let made = 0;
/** As no other rendering has it. */
const newToken = () => `secret${(made += 1)}x0123456789abcdef`;

describe('what is meant for one rendering is shown to one visitor, and not stored, though the page says that it may be:', () => {
  test.each([
    ['csrf-token', 'a form’s token', () => `<form><input type="hidden" name="_csrf" value="${newToken()}"></form>`],
    ['csrf-token', 'a token for scripts', () => `<script>let csrfToken = '${newToken()}';</script>`],
    ['nonce', 'a script’s nonce', () => `<script nonce="${newToken()}">run()</script>`],
  ])('%s: %s', async (reason, _, html) => {
    const path = install(site, (__, say) => say(html(), HTML));
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await ask(site.address, path));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(3);
    expect(answers.map(cacheStatus).join()).toContain(`detail=${reason}`);
    expect(await storedText(site)).not.toContain('secret');
  });

  test('nonce: one in the policy’s header alone', async () => {
    const path = install(site, (_, say) =>
      say('<p>', { ...HTML, 'Content-Security-Policy': `script-src 'nonce-${newToken()}'` }),
    );
    const policies = [];
    for (let i = 0; i < 3; i += 1) policies.push((await ask(site.address, path)).headers['content-security-policy']);
    expect(new Set(policies).size).toBe(3);
  });

  test('csrf-token: one in a page that the application sends in gzip', async () => {
    const path = newPath();
    site.origin.on(path, (_, response) =>
      response
        .writeHead(200, { ...HTML, 'Content-Encoding': 'gzip' })
        .end(gzipSync(`<meta name="csrf-token" content="${newToken()}">`)),
    );
    const first = await ask(site.address, path);
    expect((await ask(site.address, path)).body).not.toBe(first.body);
  });
});

test('where the site says that all may see the same, it is stored', async () => {
  const path = newPath('/same-for-all');
  site.origin.on(path, (_, response) =>
    response.writeHead(200, HTML).end(`<meta name="csrf" content="${newToken()}">`),
  );
  const { body } = await askUntilHit(site.address, path);
  expect((await askUntilHit(site.address, path)).body).toBe(body);
});
