import { signedVariants } from '../../lib/site/variants';
import { keySpec } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';
import { droppedParameters } from './dropped-parameters';
import { combinationsOf, exactKeys } from './exact-keys';
import type { IndexReader } from './index-reader';
import type { KeyInspection, PageInspection, RequestInspection } from './inspect-answers';
import { inspectKey } from './inspect-key';
import type { InspectRequest } from './inspect-request';
import type { PageRow } from './page-index';
import type { StoreReader } from './store-reader';
import { canonicalizeVisit } from './canonicalize-visit';

/** What the inspect function needs. */
export interface InspectTools {
  readonly config: SiteConfig;
  readonly store: StoreReader;
  readonly index: IndexReader;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type KnownRow = Pick<PageRow, 'variants' | 'tags'>;

// Keys that are looked at for one URL, a few at once: each value may be as large as the largest page.
const MOST_KEYS = 256;
const AT_ONCE = 8;

/** Says what lies in the store for a URL: under the key of a request, and every other one that its pages may have. */
export async function inspectPage(
  { url, address, headers }: Extract<InspectRequest, { kind: 'inspect' }>,
  tools: InspectTools,
): Promise<PageInspection> {
  const { config, store, now } = tools;
  const visit = canonicalizeVisit(config, url, address, headers);
  const requested = visit.eligible ? visit.request.key : undefined;
  const { rows, error: indexError } = await knownRows(tools, address);
  const possible = exactKeys(keySpec(config), address);
  const keys = [...firstOf(MOST_KEYS, distinct([requested === undefined ? [] : [requested], rows.keys(), possible]))];
  const stored: KeyInspection[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const looks = keys.slice(at, at + AT_ONCE).map(async (key) => ({
      ...{ key, node: store.nodeOf(key), requested: key === requested },
      ...rows.get(key),
      ...(key === requested && visit.eligible ? { variants: visit.request.variants } : {}),
      ...(await inspectKey(key, tools)),
    }));
    stored.push(...(await Promise.all(looks)));
  }
  return {
    url,
    at: now(),
    request: describeVisit(config, store, visit, address.sentQuery),
    stored: stored.filter(({ state, kept, requested }) => requested || state !== 'nothing' || kept !== undefined),
    lookedUp: keys.length,
    incomplete: combinationsOf(config) * (config.key.scheme === 'separate' ? 2 : 1) > MOST_KEYS,
    ...(indexError === undefined ? {} : { indexError }),
  };
}

function describeVisit(
  config: SiteConfig,
  store: StoreReader,
  visit: ReturnType<typeof canonicalizeVisit>,
  sentQuery: string,
): RequestInspection {
  if (!visit.eligible) {
    return visit;
  }
  const { key, scheme, host, path, query, variants } = visit.request;
  return {
    eligible: true,
    key,
    node: store.nodeOf(key),
    canonical: `${scheme}://${host}${path}${query === '' ? '' : `?${query}`}`,
    dropped: droppedParameters(sentQuery, query),
    variants,
    unverified: signedVariants(config).map(({ name }) => name),
  };
}

/** The pages that the index knows of a URL, by their keys; those of other releases of the site, too. */
async function knownRows(
  { config, index }: InspectTools,
  { host, path, query }: Extract<InspectRequest, { kind: 'inspect' }>['address'],
): Promise<{ readonly rows: ReadonlyMap<string, KnownRow>; readonly error?: string }> {
  const rows = new Map<string, KnownRow>();
  if (config.purging.index === 'none') {
    return { rows };
  }
  try {
    for await (const batch of index.select({ kind: 'exact', host, path, query })) {
      batch.forEach(({ key, variants, tags }) => rows.set(key, { variants, tags }));
      if (rows.size > MOST_KEYS) break;
    }
    return { rows };
  } catch (error) {
    // What lies in the store is worth knowing all the same.
    return { rows, error: (error as Error).message };
  }
}

function* distinct(lists: readonly Iterable<string>[]): Generator<string> {
  const seen = new Set<string>();
  for (const list of lists) {
    for (const item of list) {
      if (!seen.has(item)) {
        seen.add(item);
        yield item;
      }
    }
  }
}

function* firstOf<T>(most: number, items: Iterable<T>): Generator<T> {
  let left = most;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
