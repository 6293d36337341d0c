import { pageKey } from '../lib/site/page-key';
import type { CanonicalRequest } from '../lib/site/canonical-request';
import type { SiteConfig } from '../lib/site/site-config';
import { forEachAtOnce } from '../lambda/core/batches';
import { cachePage } from '../lambda/core/cache-page';
import type { FillTools, View } from '../lambda/core/fill-tools';
import { encodePage } from '../lambda/core/page-format';
import type { PageResponse } from '../lambda/core/page';

const FILLS_AT_ONCE = 16;
// As long as pages are kept at most: none may expire while it is waiting for its purge.
const LIFE = 86_400;

/** How many pages were stored, and at which rate. */
export interface Stored {
  readonly pages: number;
  readonly perSecond: number;
}

/** The request for a page of the stage's site. */
export function requestFor(config: SiteConfig, path: string): CanonicalRequest {
  const parts = { scheme: 'https', host: 'www.example.com', path, query: '', variants: {} } as const;
  return { ...parts, key: pageKey(config, parts) };
}

/** A small page, with its tags as an origin names them. */
export function smallPage(tags: readonly string[]): PageResponse {
  const headers = [
    ['Content-Type', 'text/html'],
    ['Cache-Control', `max-age=${LIFE}`],
    ...(tags.length > 0 ? [['Cache-Tag', tags.join(', ')] as const] : []),
  ] as const;
  return { status: 200, headers, body: Buffer.from('<!doctype html><title>A product</title><p>In stock.') };
}

/** Stores pages as a miss does, through the whole fill. */
export function fillPages(tools: FillTools, paths: readonly string[], tags: readonly string[]): Promise<Stored> {
  const view: View = () => Promise.resolve(smallPage(tags));
  const answer = cachePage(view, tools);
  return timed(paths, async (path) => {
    const { outcome } = { outcome: 'pass', ...(await answer(requestFor(tools.config, path))) };
    if (outcome !== 'stored') throw new Error(`${path} was not stored: ${outcome}`);
  });
}

/** Stores pages with a fill's two effects only: rows in the index, a value under the key. */
export function putPages(tools: FillTools, paths: readonly string[], tags: readonly string[]): Promise<Stored> {
  const { pages, index, config, now } = tools;
  const value = encodePage(smallPage([]));
  return timed(paths, async (path) => {
    const request = requestFor(config, path);
    const storedUntil = Math.floor(now() / 1000) + LIFE;
    const taken = await pages.take(request.key, 60);
    await index.addRows({ ...request, tags, storedUntil });
    if (taken.state !== 'taken' || !(await pages.publish(taken.token, value, storedUntil))) {
      throw new Error(`${path} was not stored`);
    }
  });
}

async function timed(paths: readonly string[], store: (path: string) => Promise<void>): Promise<Stored> {
  const start = performance.now();
  await forEachAtOnce(paths, FILLS_AT_ONCE, store);
  return { pages: paths.length, perSecond: paths.length / ((performance.now() - start) / 1000) };
}
