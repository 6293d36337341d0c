import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import { allows, cacheDirectives } from './cache-directives';
import type { PageResponse } from './page';
import type { StorageReason } from './reasons';
import { decideStorage } from './storage-rules';
import { canValidate, type Validators } from './validators';

// With these, also what was rendered for a request with Authorization: RFC 9111 section 3.5.
const ALLOWING = ['public', 'must-revalidate', 's-maxage'];

/**
 * Whether a 200 that is not stored as a page is kept, so that the origin can be asked at each request whether it still holds:
 * where only `no-cache`, with or without field names, or a lifetime that is zero or over is against it (RFC 9111 sections 4
 * and 5.2.2.4), and the site wants it so.
 *
 * @param reason why it is not stored.
 */
export function mayBeKept(
  request: CanonicalRequest,
  response: PageResponse,
  config: SiteConfig,
  nowMs: number,
  reason: StorageReason,
  validators: Validators,
): boolean {
  if (!config.storage.keepNoCache || response.status !== 200 || !canValidate(validators)) {
    return false;
  }
  return (
    reason === 'expired' ||
    (reason === 'no-cache' && decideStorage(request, withoutNoCache(response, config), config, nowMs).store)
  );
}

/** The response as if it might be answered for a second without asking, for all that is decided besides. */
function withoutNoCache(response: PageResponse, config: SiteConfig): PageResponse {
  const { targetedFields } = config.storage;
  const directives = cacheDirectives(response, targetedFields);
  const isPublic = ALLOWING.some((directive) => allows(directives, directive));
  const said = isPublic ? 'public, max-age=1' : 'max-age=1';
  const without = new Set(['cache-control', 'pragma', 'expires', 'age', 'date', ...targetedFields].map(lowerCase));
  const headers = response.headers.filter(([name]) => !without.has(lowerCase(name)));
  return { ...response, headers: [...headers, ['Cache-Control', said]] };
}

const lowerCase = (name: string) => name.toLowerCase();
