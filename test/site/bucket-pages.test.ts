import { type S3StandIn, startS3StandIn } from '../../local/s3-stand-in';
import { s3Notification, s3OnEventBridge } from '../lambda/purge-events/events';
import { ask } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const BUCKET = 'website';
let s3: S3StandIn;
let site: TestSite;
beforeAll(async () => {
  s3 = await startS3StandIn();
  const rules = { [BUCKET]: { url: 'http://www.example.com/{key}', prefix: 'public/', ttl: 3600 } };
  site = await startTestSite({ limits: { pageSize: 4096 } }, { buckets: { rules, s3Url: s3.url } });
});
afterAll(async () => {
  await site?.stop();
  await s3?.close();
});
beforeEach(async () => {
  s3.objects.clear();
  s3.hidesMissing = false;
  await site.functions.purge.invoke({ everything: true });
  site.origin.received.length = 0;
});

const put = (key: string, body: string | Buffer, headers: Record<string, string> = {}, tags?: Record<string, string>) =>
  s3.objects.set(`${BUCKET}/${key}`, { body, headers: { 'Content-Type': 'text/html', ...headers }, tags });
const write = (event: unknown) => site.functions.write.invoke(event);
/** What a visitor gets; nothing of it from the origin, which has no page. */
const visit = async (path: string) => {
  const { status, body, headers } = await ask(site.address, path);
  return { status, body: status === 404 ? undefined : body, headers };
};

test.each([
  ['EventBridge', () => s3OnEventBridge(BUCKET, 'public/docs/a b/index.html')],
  ['a notification', () => s3Notification(BUCKET, 'public/docs/a+b/index.html')],
])('an event of %s makes an object the page of its key, and of its directory', async (_, event) => {
  put('public/docs/a b/index.html', '<p>static</p>', { 'Cache-Control': 'max-age=5', 'x-amz-meta-author': 'ann' });
  expect(await write(event())).toEqual({
    pages: ['index.html', ''].map((name) => ({ url: `http://www.example.com/docs/a%20b/${name}`, outcome: 'stored' })),
  });
  for (const path of ['/docs/a%20b/', '/docs/a%20b/index.html']) {
    const { body, headers } = await visit(path);
    expect(body).toBe('<p>static</p>');
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'cache-control': 'max-age=5',
      'x-amz-meta-author': 'ann',
    });
    expect(headers['last-modified']).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
  }
  expect(site.origin.received).toEqual([]);
});

test('tags are those of the object and of its metadata, and a purge by one removes the page', async () => {
  put('public/a.html', 'a', { 'x-amz-meta-surrogate-key': 'one two' }, { 'surrogate-key': 'three', owner: 'ann' });
  await write(s3OnEventBridge(BUCKET, 'public/a.html'));
  for (const tag of ['two', 'three']) {
    expect(await site.functions.purge.invoke({ tags: [tag], dryRun: true })).toMatchObject({ pages: { found: 1 } });
  }
  await site.functions.purge.invoke({ tags: ['three'] });
  expect((await visit('/a.html')).body).toBeUndefined();
});

test('whatever an event says, what counts is the object as it is now', async () => {
  put('public/a.html', 'now');
  await write(s3OnEventBridge(BUCKET, 'public/a.html', 'Object Deleted'));
  expect((await visit('/a.html')).body).toBe('now');
  s3.objects.clear();
  expect(await write(s3OnEventBridge(BUCKET, 'public/a.html'))).toMatchObject({ pages: [{ outcome: 'gone' }] });
  expect((await visit('/a.html')).body).toBeUndefined();
});

test('an object that is missing is one also where the function may list its prefix only', async () => {
  put('public/a.html', 'a');
  await write(s3OnEventBridge(BUCKET, 'public/a.html'));
  s3.objects.clear();
  s3.hidesMissing = true;
  expect(await write(s3OnEventBridge(BUCKET, 'public/a.html'))).toMatchObject({ pages: [{ outcome: 'gone' }] });
  expect((await visit('/a.html')).body).toBeUndefined();
});

test.each<[string, () => unknown]>([
  ['private', () => put('public/a.html', 'mine', { 'Cache-Control': 'private' })],
  ['too-large', () => put('public/a.html', Buffer.alloc(100_000, 'x'), { 'Content-Type': 'image/png' })],
])('an object that may be no page any more takes the earlier page away: %s', async (outcome, change) => {
  put('public/a.html', 'earlier');
  await write(s3OnEventBridge(BUCKET, 'public/a.html'));
  change();
  expect(await write(s3OnEventBridge(BUCKET, 'public/a.html'))).toMatchObject({ pages: [{ outcome }] });
  expect((await visit('/a.html')).body).toBeUndefined();
});

test('after simultaneous events of one object, its last version is the page', async () => {
  for (let version = 0; version < 10; version += 1) {
    const first = write(s3OnEventBridge(BUCKET, 'public/a.html'));
    put('public/a.html', `version ${version}`);
    await Promise.all([first, ...Array.from({ length: 3 }, () => write(s3OnEventBridge(BUCKET, 'public/a.html')))]);
    expect((await visit('/a.html')).body).toBe(`version ${version}`);
  }
});

test('a prefix is written on demand, and nothing besides', async () => {
  for (let i = 0; i < 120; i += 1) put(`public/docs/${i}.html`, `page ${i}`);
  put('public/other.html', 'other');
  put('private/a.html', 'private');
  expect(await write({ bucket: BUCKET, prefix: 'public/docs/' })).toMatchObject({
    pages: { stored: { count: 120 }, refused: { count: 0 }, failed: { count: 0 } },
  });
  expect((await visit('/docs/7.html')).body).toBe('page 7');
  expect((await visit('/other.html')).body).toBeUndefined();
  expect(await write({ bucket: BUCKET, after: 'public/docs/99.html' })).toMatchObject({
    pages: { stored: { count: 1 } },
  });
}, 120_000);

test.each<[unknown, string]>([
  [{ bucket: 'other' }, 'bucket: must be one that the site writes from, got "other"'],
  [{ bucket: BUCKET, prefix: 'private/' }, 'prefix: must begin with public/, got "private/"'],
  [{ bucket: BUCKET, keys: [] }, 'has unknown fields: keys'],
  [s3OnEventBridge('other', 'public/a.html'), 'the bucket other has no event rule'],
])('%j is refused', async (event, message) => {
  await expect(write(event)).rejects.toThrow(message);
  expect(s3.asked.filter((name) => !name.startsWith(`${BUCKET}/public/`))).toEqual([]);
});
