import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PageRow, Selector } from '../../core/page-index';

/** In how many partitions the page rows lie, so that a busy site is not one hot partition (1,000 writes a second each). */
export const BUCKETS = 64;
/** The sort key of a journal's last number. It sorts behind the entries, whose sort keys are digits. */
export const SEQUENCE = 'sequence';
/** Seconds that a purge stays in the journal: 30 days. */
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

/** The primary keys of a site's rows. Paths are percent-encoded: no space is in one, and no slash in a host. */
export class SiteRows {
  public constructor(private readonly site: string) {}

  public page({ host, path, key }: PageRow): RowKey {
    return { pk: this.bucket(bucketOf(host + path)), sk: `${host}${path} ${key}` };
  }

  /** The partitions in which a selector's page rows lie, and what their sort keys begin with. */
  public selected(selector: Selector): { readonly pk: string; readonly prefix: string }[] {
    if (selector.kind === 'url') {
      const address = selector.host + selector.path;
      return [{ pk: this.bucket(bucketOf(address)), prefix: `${address} ` }];
    }
    return Array.from({ length: BUCKETS }, (_, bucket) => ({ pk: this.bucket(bucket), prefix: '' }));
  }

  /** The partition of the journal that a selector's purges are kept in: one for each URL, and one for the site. */
  public journal(selector: Selector): string {
    const name = `journal#${this.site}`;
    return selector.kind === 'url' ? shorten(`${name}#${selector.host}${selector.path}`) : name;
  }

  public get nodes(): RowKey {
    return { pk: `registry#${this.site}`, sk: 'nodes' };
  }

  private bucket(number: number): string {
    return `page#${this.site}#${number}`;
  }
}

/** The sort key of a journal entry. */
export function entrySortKey(number: number): string {
  return String(number).padStart(12, '0');
}

function bucketOf(address: string): number {
  return crc32(address) % BUCKETS;
}

function shorten(partitionKey: string): string {
  if (partitionKey.length <= PARTITION_KEY_LIMIT) {
    return partitionKey;
  }
  const hash = createHash('sha256').update(partitionKey).digest('hex');
  return partitionKey.slice(0, PARTITION_KEY_LIMIT - hash.length) + hash;
}
