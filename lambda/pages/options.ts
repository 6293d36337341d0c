import { z } from 'zod';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { parseSiteConfig, type SiteConfig, SiteConfigError } from '../../lib/site/site-config';
import { cookieName } from '../../lib/site/schema-texts';
import { MOST_TAGS, TAG, TAG_RULE } from '../../lib/site/tag';

/** The request that a page is the answer to: all that its rendering sees of a visitor. */
export type PageRequest = Omit<CanonicalRequest, 'key'>;

/** What holds for the pages of a handler or an application. */
export interface PageOptions {
  /**
   * Seconds for which pages are kept that say nothing themselves (`Cache-Control`, `Expires`), before the times of the site's
   * routes. At most a year; 0 stores none of them.
   * @default - the route's, else the site's
   */
  readonly ttl?: number;
  /**
   * Tags to purge the pages by, besides those that a response names (`Surrogate-Key`, `Cache-Tag`) and the site's routes: 1 to
   * 256 visible ASCII characters each, 128 at most.
   * @default - none
   */
  readonly tags?: readonly string[] | ((request: PageRequest) => readonly string[]);
  /**
   * Cookies that change nothing in these pages, besides those that the site names: requests with them may be answered from the
   * cache. A name may end in `*`. Handlers never see them when they render a page for everybody.
   * @default - the site's
   */
  readonly harmlessCookies?: readonly string[];
  /**
   * The host whose pages these are, whatever the visitor's request says; one of the site's.
   * @default - the host of the request
   */
  readonly host?: string;
}

/** What holds for the pages of a Node server. */
export interface ServerOptions extends PageOptions {
  /**
   * Whether visitors come through a load balancer only, whose `X-Forwarded-Proto` says by which scheme. Otherwise such a
   * request is not answered from the cache, because nobody knows who says so.
   * @default - what `NMS_BEHIND_LOAD_BALANCER` says, else false
   */
  readonly behindLoadBalancer?: boolean;
}

/** The options are not as they should be. `faults` has one line for each. */
export class PageOptionsError extends Error {
  public constructor(public readonly faults: readonly string[]) {
    super(`the options of the page cache have ${faults.length} fault(s):\n  ${faults.join('\n  ')}`);
    this.name = 'PageOptionsError';
  }
}

const tag = z.string(`must be ${TAG_RULE}`).regex(TAG, `must be ${TAG_RULE}`);
const seconds = 'must be a whole number of seconds from 0 to 31536000';

const schema = z.strictObject({
  ttl: z.int(seconds).min(0, seconds).max(31_536_000, seconds).optional(),
  tags: z
    .union([z.array(tag).max(MOST_TAGS), z.custom<PageOptions['tags']>((tags) => typeof tags === 'function')], {
      error: `must be a function, or at most ${MOST_TAGS} tags, each ${TAG_RULE}`,
    })
    .optional(),
  harmlessCookies: z.array(cookieName, 'must be a list of cookie names').optional(),
  host: z.string('must be a host name').optional(),
  behindLoadBalancer: z.boolean('must be true or false').optional(),
});

/** Checks what can be checked without a site. @throws PageOptionsError with every fault. */
export function checkOptions(options: unknown): void {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new PageOptionsError(faults);
}

function faultsOf(options: unknown): string[] {
  const { success, error } = schema.safeParse(options);
  return success
    ? []
    : error.issues.map((issue) => {
        const name = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.') || 'options';
        return issue.code === 'unrecognized_keys' ? `${name}: there is no such option` : `${name}: ${issue.message}`;
      });
}

/**
 * Checks options. What they say of cookies is put into the site's document.
 *
 * @throws PageOptionsError with every fault.
 */
export function applyOptions(site: SiteConfig, options: ServerOptions): SiteConfig {
  const faults = faultsOf(options);
  if (options.host !== undefined && !site.hosts.includes(options.host)) {
    const known = site.hosts.length === 0 ? 'it names none' : site.hosts.join(', ');
    faults.push(`host: must be one of the hosts that the site names (${known}), got ${JSON.stringify(options.host)}`);
  }
  const { eligibility } = site;
  const harmlessCookies = [
    ...eligibility.harmlessCookies,
    ...(faults.length === 0 ? (options.harmlessCookies ?? []) : []),
  ];
  try {
    const applied = parseSiteConfig({ ...site, eligibility: { ...eligibility, harmlessCookies } });
    if (faults.length === 0) return applied;
  } catch (fault) {
    if (!(fault instanceof SiteConfigError)) throw fault;
    faults.push(...fault.faults);
  }
  throw new PageOptionsError(faults);
}
