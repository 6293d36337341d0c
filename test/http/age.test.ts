import { casePath, type Fields, saying } from '../support/http-case';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const FRESH = { 'Cache-Control': 'max-age=3600' };
const seconds = () => Math.floor(Date.now() / 1000);

describe.each<[string, Parameters<typeof startTestSite>, number]>([
  ['from Memcached', [], 0],
  ['of a fill function', [{}, { fill: 'function' }], 0],
  // The age is told once for the seconds in which the page lies there.
  ["through each node's own cache", [{ perNodeCache: { size: 1_048_576 } }], 2],
])('Age, %s (RFC 9111 sections 4.2.3 and 5.1)', (_, started, late) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite(...started)));
  afterAll(() => site?.stop());

  test.each<[string, Fields, number]>([
    ['counts from the rendering', {}, 0],
    ['counts on from what the origin says', { Age: '100' }, 100],
    ['counts from an earlier Date', { Date: -200 }, 200],
    ['counts from whichever is older', { Date: -200, Age: '300' }, 300],
    ['is not changed by a Date that is to come', { Date: 200 }, 0],
    ['takes the first of several', { Age: '50, 400' }, 50],
    ['ignores what is no number', { Age: 'old' }, 0],
  ])('%s', async (__, fields, atFirst) => {
    const path = casePath();
    site.origin.on(path, saying({ fields: { ...FRESH, ...fields } }));
    const asked = seconds();
    const miss = await ask(site.address, path);
    const rendered = seconds();
    // From the application, which says for itself.
    expect([cacheStatus(miss), miss.headers.age]).toEqual(['fwd=uri-miss; stored', fields.Age]);
    for (const time of [1, 2, 3]) {
      const before = seconds();
      const { headers } = await askUntilHit(site.address, path);
      const [least, most] = [before - rendered + atFirst - late, seconds() - asked + atFirst + 1];
      expect([time, Number(headers.age) >= least, Number(headers.age) <= most]).toEqual([time, true, true]);
      expect(headers.date).toBe(miss.headers.date);
      expect(headers).not.toHaveProperty('x-nms-times');
    }
  });

  test('is said with 304 and of HEAD, too, and never twice', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: { ...FRESH, ETag: '"a"', Age: '100' } }));
    await askUntilHit(site.address, path);
    const answers = [
      await askUntilHit(site.address, path, { 'If-None-Match': '"a"' }),
      await askUntilHit(site.address, path, {}, 'HEAD'),
    ];
    expect(answers.map(({ status, headers }) => [status, /^1\d\d$/.test(headers.age ?? '')])).toEqual([
      [304, true],
      [200, true],
    ]);
  });

  test('is said of whoever joined a rendering, and not of whoever it was made for', async () => {
    const path = casePath();
    let render: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      site.origin.on(path, (request, response) => {
        resolve();
        render = () => saying({ fields: FRESH })(request, response);
      });
    });
    const first = ask(site.address, path);
    await asked;
    const joined = [ask(site.address, path), ask(site.address, path)];
    // They are on their way; whether they join or come later, the page is not rendered for them.
    setImmediate(() => render());
    const answers = await Promise.all(joined);
    expect((await first).headers.age).toBeUndefined();
    for (const answer of answers) {
      expect([cacheStatus(answer), answer.headers.age]).toEqual([
        expect.stringMatching(/^(?:hit|fwd=uri-miss; collapsed)$/),
        expect.stringMatching(/^\d$/),
      ]);
    }
  });
});
