import type { SiteConfig } from '../../lib/site/site-config';
import { parsePageAddress } from './page-address';
import { readSitemap, type SitemapEntry, SitemapError } from './sitemap';
import { defaultPage } from './warm-pages';
import { WarmTally } from './warm-result';
import { type SitemapWork, type WarmAnswer, WarmWorkError } from './warm-work';

// What an answer may hold of URLs: a function's answer has 6 MB, as JSON.
const MOST_BYTES = 3 * 1024 * 1024;
/** The longest URL that may be warmed, in characters (sitemaps.org/protocol.html: less than 2,048). */
export const LONGEST_URL = 2047;
/** How many sitemaps a sitemap index may name. */
export const MOST_NESTED = 1000;

/**
 * Finds the pages that a sitemap names, or the sitemaps that an index does: those of the site only and, where the site
 * takes every host, of the sitemap's own host. Each page stands once, however its URL is spelled.
 *
 * What cannot be read to its end is counted as failed; what was found before counts.
 *
 * @param body the sitemap's file.
 * @param mostBytes how much an answer may hold; what is above it comes next.
 */
export async function findPages(
  config: SiteConfig,
  work: SitemapWork,
  body: Buffer,
  mostBytes = MOST_BYTES,
): Promise<WarmAnswer> {
  const found = new Found({ ...config, hosts: hostsOf(config, work.url) }, work);
  let at = 0;
  try {
    for await (const entry of readSitemap(body)) {
      at += 1;
      if (at > work.from && found.bytes >= mostBytes) {
        return { ...found.answer, next: at - 1 };
      }
      if (at > work.from) found.add(entry);
    }
  } catch (error) {
    if (!(error instanceof SitemapError)) throw error;
    found.tally.add('failed', { url: work.url, reason: 'bad-sitemap', detail: error.message });
  }
  return found.answer;
}

/** The hosts whose pages a sitemap may name. */
function hostsOf(config: SiteConfig, url: string): SiteConfig['hosts'] {
  const address = parsePageAddress(config, url);
  if (Array.isArray(address)) {
    throw new WarmWorkError(address.map((rule) => `url: ${rule}, got ${JSON.stringify(url)}`));
  }
  return config.hosts.length > 0 ? config.hosts : [address.host];
}

/** What was found in a sitemap. */
class Found {
  public readonly tally = new WarmTally();
  public bytes = 0;
  /** By what makes them the same: a page's key, or a sitemap's URL. */
  private readonly urls = new Map<string, string>();
  private readonly sitemaps = new Map<string, string>();

  public constructor(
    private readonly site: SiteConfig,
    private readonly work: SitemapWork,
  ) {}

  public get answer(): WarmAnswer {
    return { result: this.tally.result, urls: [...this.urls.values()], sitemaps: [...this.sitemaps.values()] };
  }

  public add({ kind, loc, lastmod }: SitemapEntry): void {
    const named = this.identify(kind, loc);
    if ('reason' in named) {
      this.tally.add('refused', { url: loc.slice(0, LONGEST_URL), reason: named.reason });
    } else if (isOlder(lastmod, this.work.since)) {
      this.tally.add('older', { url: loc });
    } else {
      const urls = kind === 'page' ? this.urls : this.sitemaps;
      if (urls.has(named.key)) return;
      urls.set(named.key, loc);
      this.bytes += loc.length;
    }
  }

  private identify(kind: SitemapEntry['kind'], loc: string): { readonly key: string } | { readonly reason: string } {
    if (loc.length > LONGEST_URL) {
      return { reason: 'bad-url' };
    }
    if (kind === 'page') {
      return defaultPage(this.site, loc);
    }
    const address = parsePageAddress({ ...this.site, hosts: [] }, loc);
    if (Array.isArray(address)) {
      return { reason: 'bad-url' };
    }
    if (!this.site.hosts.includes(address.host)) {
      return { reason: 'foreign-host' };
    }
    // By the protocol an index names no index.
    if (this.work.nested) {
      return { reason: 'nested-sitemap' };
    }
    return this.sitemaps.size < MOST_NESTED || this.sitemaps.has(loc) ? { key: loc } : { reason: 'too-many-sitemaps' };
  }
}

// Of all time zones, the day ends last in UTC-12.
const LATEST_END_OF_DAY = 12 * 3600 * 1000;

/** Whether a page certainly has not changed since a moment. A date names a whole year, month or day, of any time zone. */
function isOlder(lastmod: string | undefined, since: number | undefined): boolean {
  const [, year, month, day, time] = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(T.+)?)?)?$/.exec(lastmod ?? '') ?? [];
  if (since === undefined || year === undefined) {
    return false;
  }
  if (time !== undefined) {
    return Date.parse(lastmod ?? '') < since;
  }
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const end =
    month === undefined ? Date.UTC(y + 1, 0, 1) : day === undefined ? Date.UTC(y, m, 1) : Date.UTC(y, m - 1, d + 1);
  return end + LATEST_END_OF_DAY < since;
}
