import type { HeaderPair } from './page';
import type { PageRow, PurgeRecord } from './page-index';
import type { Validators } from './validators';
import type { Selector } from './selector';
import type { NodeStats } from './store-reader';
import type { TableSize } from './index-reader';

/*
 * What the inspect function answers, as JSON. Times are milliseconds since 1970 where their name ends in `At`; what ends in
 * `Seconds` counts from the moment of the answer.
 */

/** What the tier makes of a request before it looks anything up. */
export type RequestInspection =
  | { readonly eligible: false; readonly reason: string }
  | {
      readonly eligible: true;
      readonly key: string;
      /** The node that its page lies on, or would. */
      readonly node: string;
      /** The URL that is left of it, as the origin is asked for it. */
      readonly canonical: string;
      /** What of the query does not count. */
      readonly dropped: readonly string[];
      readonly variants: Readonly<Record<string, string>>;
      /** Signed variants, whose values are taken for the default ones here: the function has no keys to check them with. */
      readonly unverified: readonly string[];
    };

/** A page under its own key. */
export interface StoredPage {
  readonly status: number;
  /** As they are stored, without our own. */
  readonly headers: readonly HeaderPair[];
  /** The body as it is stored, often gzip, in bytes. */
  readonly bodyBytes: number;
  /** How old the page is (RFC 9111 section 4.2.3). Undefined where it does not say when it was made. */
  readonly ageSeconds?: number;
  /** How long it is fresh; negative when it is stale. */
  readonly freshSeconds?: number;
}

/** What is kept of a page beyond its lifetime. */
export interface KeptPage extends StoredPage {
  readonly tags: readonly string[];
  /** With what the origin can be asked whether it still holds. */
  readonly validators: Validators;
  /** How long it is kept from now on. */
  readonly keptSeconds: number;
}

/** What lies under one page key. */
export interface KeyInspection {
  readonly key: string;
  readonly node: string;
  /** Whether it is the key of the request that was asked about. */
  readonly requested: boolean;
  /** Which page it is; undefined where only the key is known. */
  readonly variants?: Readonly<Record<string, string>>;
  /**
   * `page`; `pass`: the page was found not to be storable a moment ago; `lease`: somebody is rendering it; `other`: a value
   * that is not in the site's page format; `nothing`; `unknown`: the node did not answer, `error` says why.
   */
  readonly state: 'page' | 'pass' | 'lease' | 'other' | 'nothing' | 'unknown';
  readonly page?: StoredPage;
  /** Why it is not storable, for `pass`; undefined where the marker is of another release. */
  readonly passReason?: string;
  /** The value, in bytes. */
  readonly valueBytes?: number;
  /** When the node forgets it; undefined where it does not tell. */
  readonly expiresSeconds?: number;
  /** Whether somebody had read it before it was looked at here. To look counts as a use from then on. */
  readonly read?: boolean;
  readonly idleSeconds?: number;
  /** By the index. Undefined where the index does not know the page. */
  readonly tags?: readonly string[];
  readonly kept?: KeptPage;
  readonly error?: string;
}

/** The answer to `{ "inspect": { "url": … } }`. */
export interface PageInspection {
  readonly url: string;
  readonly at: number;
  readonly request: RequestInspection;
  /** The request's own key first, also when nothing is there; then every other one of this URL that holds something. */
  readonly stored: readonly KeyInspection[];
  /** How many keys were looked at. */
  readonly lookedUp: number;
  /** Whether there are more combinations of variants than are looked at without the index. */
  readonly incomplete: boolean;
  /** Why the index did not say which pages it knows. */
  readonly indexError?: string;
}

/** A page as the index knows it: one that was purged or thrown out stays known until it would have expired. */
export interface ListedPage extends Pick<PageRow, 'key' | 'scheme' | 'host' | 'path' | 'query' | 'variants' | 'tags'> {
  readonly node: string;
  /** How long it is fresh. */
  readonly freshSeconds: number;
  /** Whether it lies in Memcached now. Undefined where its node does not answer, or does not tell (ElastiCache Serverless). */
  readonly stored?: boolean;
}

/** The answer to `{ "pages": … }`. */
export interface PageList {
  readonly pages: readonly ListedPage[];
  /** How many rows were looked at for them. */
  readonly scanned: number;
  /** What `next` of the request for the following pages must be; undefined at the end of the list. */
  readonly next?: string;
}

/** One Memcached node. */
export interface NodeStatus {
  readonly node: string;
  /** Whether pages are looked up there now. Others held pages of the site before. */
  readonly onRing: boolean;
  /** Whether it missed a purge, and is emptied before it is used again. */
  readonly missedPurge: boolean;
  readonly reachable: boolean;
  /** Why it is not. */
  readonly error?: string;
  /** Undefined where the node does not tell. */
  readonly stats?: NodeStats;
}

/** The answer to `{ "status": {} }`. */
export interface SiteStatus {
  readonly site: string;
  readonly at: number;
  readonly nodes: readonly NodeStatus[];
  readonly index: { readonly kind: 'full' | 'none'; readonly size?: TableSize; readonly error?: string };
  /** The last ones, the newest first. */
  readonly purges: readonly PurgeEntry[];
}

/** A purge as the journal has it. */
export interface PurgeEntry extends Omit<PurgeRecord, 'selected'> {
  /** What was selected; of many selectors the first ones. */
  readonly selectors: readonly Selector[];
}

/** The answer to `{ "purges": … }`. */
export interface PurgeList {
  /** The newest first. */
  readonly purges: readonly PurgeEntry[];
  /** The moment since which they are. */
  readonly sinceAt: number;
  /** Whether there are older ones since then. */
  readonly more: boolean;
}

/** What the inspect function answers. */
export type InspectAnswer = PageInspection | PageList | SiteStatus | PurgeList;
