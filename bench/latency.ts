import { parseSiteConfig } from '../lib/site/site-config';
import { type LocalSite, startSite } from '../local/site';
import type { Cleanup } from './cleanup';
import { percentile } from './percentiles';
import { PUBLISHED_FIGURES } from './published-figures';
import { amount, section, table } from './report';
import { startTaggingOrigin } from './tagging-origin';

const WARM_UP = 20;
const PAGES_OF_A_TAG = 10;
// What is measured is the purge: a busy machine is to store its pages first, however late Memcached answers.
const config = parseSiteConfig({ site: 'bench', limits: { storeTimeout: 1000 } });
const STORE_ATTEMPTS = 5;

// What is invoked, and how many pages each of its purges is of.
const SERIES = (['purge', 'purge-core'] as const).flatMap((name) =>
  [1, PAGES_OF_A_TAG].map((pages) => ({ name, pages })),
);
const WAYS = {
  purge: 'the events function, which calls the purge function',
  'purge-core': 'the purge function directly',
};

/** The time of purges of pages that were just stored, through the local site's Invoke API. */
export async function measureLatency(purges: number, cleanup: Cleanup): Promise<string> {
  const origin = await cleanup.started(startTaggingOrigin(), (server) => server.close());
  const site = await cleanup.started(startSite({ config, origin: origin.url, onMessage: sayUnlessPurged }), (running) =>
    running.stop(),
  );
  const measured = SERIES.map((series) => ({ ...series, times: [] as number[] }));
  for (let round = 0; round < WARM_UP + purges; round += 1) {
    // In turn: what gets faster or slower in the meantime does so for every series.
    for (const { name, pages, times } of measured) {
      times.push(await purgeJustStored(site, name, `${name}-${pages}-${round}`, pages));
    }
  }
  const rows = measured.map(({ name, pages, times }) => {
    const warm = times.slice(WARM_UP);
    const what = pages === 1 ? 'one URL' : `one tag with ${pages} pages`;
    return [`${what}, through ${WAYS[name]}`, ...[50, 99].map((p) => `${amount(percentile(warm, p), 1)} ms`)];
  });
  return section(
    `3. Latency: ${amount(purges)} purges each, after ${WARM_UP} to warm up`,
    table([['', 'p50', 'p99'], ...rows]),
    [
      'From the request to the receipt, one purge at a time, each of pages that were stored through nginx just before. Local',
      'figures: everything is on this machine, without the networks of AWS, and DynamoDB is a stand-in.',
    ].join('\n'),
    `Published by the vendors, not measured here, for their whole networks:\n\n${table(PUBLISHED_FIGURES)}`,
  );
}

/** Stores pages of one tag, then purges them: one by its URL, several by their tag. */
async function purgeJustStored(site: LocalSite, name: string, wanted: string, pages: number): Promise<number> {
  const { tag, urls } = await storePages(site, wanted, pages);
  const request = pages === 1 ? { urls } : { tags: [tag] };
  const start = performance.now();
  const response = await fetch(`${site.lambdaUrl}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    body: JSON.stringify(request),
  });
  const receipt = (await response.json()) as { readonly pages?: { readonly removed: number } };
  const time = performance.now() - start;
  // What was not there was not purged.
  if (receipt.pages?.removed !== pages) {
    throw new Error(`a purge of ${pages} pages answered ${JSON.stringify(receipt)}`);
  }
  return time;
}

/** Stores pages through nginx, under a tag that no others have. */
async function storePages(
  { url }: LocalSite,
  wanted: string,
  pages: number,
): Promise<{ readonly tag: string; readonly urls: readonly string[] }> {
  let statuses: string[] = [];
  for (let attempt = 1; attempt <= STORE_ATTEMPTS; attempt += 1) {
    const tag = `${wanted}-${attempt}`;
    const urls = Array.from({ length: pages }, (_, i) => `${url}/${tag}/${i}`);
    statuses = await Promise.all(urls.map(cacheStatus));
    if (statuses.every((status) => status.includes('stored'))) {
      return { tag, urls };
    }
  }
  throw new Error(`pages were not stored: ${statuses.join(', ')}`);
}

async function cacheStatus(url: string): Promise<string> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.headers.get('Cache-Status') ?? 'no Cache-Status';
}

// A line for each purge would bury the report.
function sayUnlessPurged(line: string): void {
  if (!line.startsWith('{"event":"purged"')) console.error(line);
}
