import { pageKey } from '../../../lib/site/page-key';
import type { CanonicalRequest } from '../../../lib/site/canonical-request';
import { parseSiteConfig, type SiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import type { View, Wait } from '../../../lambda/core/fill-tools';
import { longestLife } from '../../../lambda/core/longest-life';
import type { PurgeTools } from '../../../lambda/core/purge';
import type { PageIndex, PageRow } from '../../../lambda/core/page-index';
import type { PageResponse } from '../../../lambda/core/page';
import { MemoryPageIndex } from '../../../lambda/stores/memory-page-index';
import { MemoryPageStore } from '../../../lambda/stores/memory-page-store';

/** Noon of a day: where the tests' clocks begin, in milliseconds since 1970. */
export const NOON = Date.UTC(2026, 2, 1, 12, 0, 0);

/** A site's stores, clock and configuration. */
export interface World extends PurgeTools {
  readonly pages: MemoryPageStore;
  readonly index: MemoryPageIndex;
  readonly config: SiteConfig;
  readonly wait: Wait;
  /** The clock, which waiting moves on. */
  readonly clock: { ms: number };
}

/** A world in which a rendering never is late, and a pause passes at once. */
export function makeWorld(site: Partial<SiteConfigInput> = {}, nodes?: readonly string[]): World {
  const clock = { ms: NOON };
  const now = () => clock.ms;
  const wait: Wait = async (milliseconds, signal) => {
    if (signal !== undefined) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    }
    clock.ms += milliseconds;
  };
  // Pages come out of it as they went in.
  const config = parseSiteConfig({ site: 'test', ...site, storage: { makeEtags: false, ...site.storage } });
  let purges = 0;
  return {
    pages: new MemoryPageStore(now, nodes),
    index: new MemoryPageIndex(now, longestLife(config)),
    config,
    now,
    wait,
    clock,
    newId: () => `id-${(purges += 1)}`,
    nodeExists: () => Promise.resolve(true),
  };
}

/** The canonical request for a path and query. */
export function requestFor(
  config: SiteConfig,
  path = '/list',
  query = 'page=2',
  host = 'example.com',
): CanonicalRequest {
  const parts = { scheme: 'https' as const, host, path, query, variants: {} };
  return { ...parts, key: pageKey(config, parts) };
}

/** A page whose body is a text. */
export function textPage(text: string, headers: PageResponse['headers'] = [], status = 200): PageResponse {
  const date = ['Date', new Date(NOON).toUTCString()] as const;
  return { status, headers: [date, ['Content-Type', 'text/plain'], ...headers], body: Buffer.from(text) };
}

/** A view that counts its renderings. */
export function countingView(response: PageResponse = textPage('page')): View & { renderings: number } {
  const view = () => {
    counting.renderings += 1;
    return Promise.resolve(response);
  };
  const counting = Object.assign(view, { renderings: 0 });
  return counting;
}

/** All rows of an index. */
export async function allRows(index: PageIndex): Promise<PageRow[]> {
  const rows: PageRow[] = [];
  for await (const batch of index.select({ kind: 'everything' })) {
    rows.push(...batch);
  }
  return rows;
}
