import type { RequestListener } from 'node:http';
import type * as Pages from '../../../lambda/pages';

const NAMES = ['NMS_SITE_CONFIG', 'NMS_SITE_DOCUMENT', 'NMS_TABLE', 'NMS_CACHE_ENDPOINT', 'NMS_CACHE_NODES'];

let said: string[];
beforeEach(() => {
  NAMES.forEach((name) => delete process.env[name]);
  said = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

/** What a program imports that starts now. */
async function start(environment: Record<string, string> = {}): Promise<typeof Pages> {
  Object.assign(process.env, environment);
  let pages: typeof Pages | undefined;
  await jest.isolateModulesAsync(async () => {
    pages = await import('../../../lambda/pages');
  });
  return pages as typeof Pages;
}

test('without a cache in the environment, everything is as it was, and that is said once', async () => {
  const { cachePage, pageCache, withPageCache } = await start();
  const listener: RequestListener = () => undefined;
  const event = { version: '2.0' };
  const next = jest.fn();

  expect(withPageCache(listener)).toBe(listener);
  pageCache()({} as never, {} as never, next);
  expect(next.mock.calls).toEqual([[]]);
  expect(await cachePage((given: object, context: unknown) => [given, context])(event, 'context')).toEqual([
    event,
    'context',
  ]);
  expect(said.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['no-page-cache']);
});

test('without one, bad options are refused all the same, and a handler is given all that Lambda gives', async () => {
  const { cachePage, pageCache, withPageCache, PageOptionsError } = await start();
  const bad = { ttl: -3 };
  for (const way of [
    () => cachePage(() => 'page', bad),
    () => pageCache(bad),
    () => withPageCache(() => undefined, bad),
    () => cachePage(() => 'page', null as never),
  ]) {
    expect(way).toThrow(PageOptionsError);
  }
  const handler = jest.fn((_event: object, _context: unknown, callback: (error?: Error) => void) => callback());
  const callback = jest.fn();
  await cachePage(handler)({}, 'context', callback);
  expect(callback).toHaveBeenCalledTimes(1);
});

test('with half of it there, a program does not start', async () => {
  const { cachePage, pageCache, withPageCache, EnvironmentError } = await start({ NMS_TABLE: 'shop-pages' });
  const ways = [() => cachePage(() => 'page'), () => pageCache(), () => withPageCache(() => undefined)];
  for (const way of ways) {
    expect(way).toThrow(EnvironmentError);
    expect(way).toThrow(/NMS_SITE_CONFIG: .*\n.*NMS_CACHE_ENDPOINT, NMS_CACHE_NODES: exactly one must be given/);
  }
});

test('with all of it, options that are bad are refused at the start', async () => {
  const { cachePage, PageOptionsError } = await start({
    NMS_SITE_DOCUMENT: '{"site":"shop"}',
    NMS_TABLE: 'shop-pages',
    NMS_CACHE_NODES: '127.0.0.1:9',
  });
  expect(() => cachePage(() => 'page', { ttl: -1 })).toThrow(PageOptionsError);
});
