import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PageRow } from '../../core/page-index';
import type { Selector } from '../../core/selector';

/** In how many partitions the page rows lie, so that a busy site is not one hot partition (1,000 writes a second each). */
export const PAGE_BUCKETS = 64;
/** In how many partitions the rows of one tag lie. */
export const TAG_BUCKETS = 16;
/** The sort key of a journal's last number. It sorts behind the entries, whose sort keys are digits. */
export const SEQUENCE = 'sequence';
/** Seconds that a purge stays in the journal and the audit: 30 days. */
export const JOURNAL_LIFE = 30 * 24 * 3600;
/** DynamoDB's limit for a sort key, in bytes. */
export const SORT_KEY_LIMIT = 1024;
// DynamoDB's limit for a partition key is 2048 bytes.
const PARTITION_KEY_LIMIT = 2048;

/** A row's primary key. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** Rows of one partition, by what their sort keys begin with. */
export interface RowRange {
  readonly pk: string;
  readonly prefix: string;
}

/** The primary keys of a site's rows. Paths are percent-encoded: no space is in one, and no slash in a host. */
export class SiteRows {
  public constructor(private readonly site: string) {}

  public page({ host, path, key }: PageRow): RowKey {
    return { pk: this.pageBucket(pageBucketOf(host + path)), sk: `${host}${path} ${key}` };
  }

  public tags({ tags, key }: PageRow): RowKey[] {
    return tags.map((tag) => ({ pk: this.tagBucket(crc32(key) % TAG_BUCKETS, tag), sk: key }));
  }

  /** Where the rows lie of the pages that a selector selects. Of a tag, those of all hosts. */
  public selected(selector: Selector): RowRange[] {
    switch (selector.kind) {
      case 'url':
      case 'exact': {
        const address = selector.host + selector.path;
        return [{ pk: this.pageBucket(pageBucketOf(address)), prefix: `${address} ` }];
      }
      case 'prefix': {
        const prefix = selector.host + selector.path;
        // The path itself, and what lies below it: between the two sorts what is neither.
        return this.everyPageBucket(prefix.endsWith('/') ? [prefix] : [`${prefix} `, `${prefix}/`]);
      }
      case 'host':
        return this.everyPageBucket([`${selector.host}/`]);
      case 'everything':
        return this.everyPageBucket(['']);
      case 'tag':
        return buckets(TAG_BUCKETS).map((bucket) => ({ pk: this.tagBucket(bucket, selector.tag), prefix: '' }));
    }
  }

  /** The journal of purges that can select pages of more than one URL. */
  public get siteJournal(): string {
    return `journal#${this.site}`;
  }

  /** The journal of one URL's purges. */
  public urlJournal({ host, path }: Pick<PageRow, 'host' | 'path'>): string {
    return shorten(`${this.siteJournal}#${host}${path}`);
  }

  /** The audit's row of a purge, in the order of time. */
  public audit({ id, at }: { readonly id: string; readonly at: number }): RowKey {
    const time = new Date(at).toISOString();
    return { pk: this.auditDay(time.slice(0, 10)), sk: `${time} ${id}` };
  }

  public auditDay(day: string): string {
    return `audit#${this.site}#${day}`;
  }

  public get registry(): RowKey {
    return { pk: `registry#${this.site}`, sk: 'nodes' };
  }

  private everyPageBucket(prefixes: readonly string[]): RowRange[] {
    return buckets(PAGE_BUCKETS).flatMap((bucket) =>
      prefixes.map((prefix) => ({ pk: this.pageBucket(bucket), prefix })),
    );
  }

  private pageBucket(number: number): string {
    return `page#${this.site}#${number}`;
  }

  // The tag comes last: it may hold any visible character.
  private tagBucket(number: number, tag: string): string {
    return `tag#${this.site}#${number}#${tag}`;
  }
}

/** The partition of one warm's rows. */
export function warmRows(site: string, warm: string): string {
  return `warm#${site}#${warm}`;
}

/** The sort key of a journal entry. */
export function entrySortKey(number: number): string {
  return String(number).padStart(16, '0');
}

function pageBucketOf(address: string): number {
  return crc32(address) % PAGE_BUCKETS;
}

function buckets(count: number): number[] {
  return Array.from({ length: count }, (_, bucket) => bucket);
}

function shorten(partitionKey: string): string {
  if (partitionKey.length <= PARTITION_KEY_LIMIT) {
    return partitionKey;
  }
  const hash = createHash('sha256').update(partitionKey).digest('hex');
  return partitionKey.slice(0, PARTITION_KEY_LIMIT - hash.length) + hash;
}
