/** Why a response may not be stored, each with what it means to the site's owner. The names are stable: logs and `Cache-Status` carry them. */
export const STORAGE_REASONS = {
  status:
    'its status is not one that is stored: an error, a partial answer, or one that has to say for how long and does not',
  'set-cookie': 'it sets a cookie, which is meant for one visitor',
  private: 'the origin says `private`',
  'no-store': 'the origin says `no-store`',
  'no-cache': 'the origin says `no-cache`, or `Pragma: no-cache` and nothing else',
  authorization: 'its request had `Authorization`, and it says neither `public` nor `s-maxage` nor `must-revalidate`',
  vary: 'its `Vary` names a header that the page key does not cover',
  expired: 'its lifetime is zero, is over, or cannot be read',
  'no-lifetime': 'neither the origin nor the site gives it a lifetime',
  'self-redirect': 'it redirects to its own page key: once stored, a loop',
  'off-site-redirect': "it redirects to a host that is not the site's, and `storage.offSiteRedirects` is not on",
  'csrf-token': 'a token against forged requests is in it (CSRF), and `storage.storeTokens` is not on',
  nonce: 'a nonce of a content security policy is in it, and `storage.storeTokens` is not on',
  'address-too-long': 'its host and path, percent-encoded, are longer than the 940 bytes that the index takes',
  truncated: 'its body is not as long as its `Content-Length`',
  'content-encoding':
    'its body is coded with something other than gzip, or cannot be expanded to be searched for tokens',
  'bad-header': 'a header or the status cannot be written so that everybody reads the same',
  'head-too-large': 'its status line and headers are above `limits.headSize`',
  'too-large': 'its body, as it would be stored, is above `limits.pageSize`, or for a 404 or 410 above 64 KiB',
  streamed: 'it is a stream: events, or an answer that is not to be buffered (`X-Accel-Buffering: no`)',
  'bad-tag': 'a tag is not 1 to 256 visible ASCII characters, or `Cache-Groups` is not a list of strings',
  'too-many-tags': 'it has more than 128 tags',
} as const;

/** What kept a storable page from being stored, or a request from being answered by a fill. Stable names, as above. */
export const FILL_REASONS = {
  purged: 'a purge selected the page while it was rendered',
  lost: 'the page was deleted, or taken by another writer, while it was rendered',
  malformed: 'what lies under the page key cannot be read',
  'store-unreachable': 'a Memcached node did not answer',
  'index-unreachable': 'the index did not answer',
  'view-failed': 'the view threw an error',
  late: 'the view did not answer within `limits.fillDeadline`',
  'no-page': 'there was no page to refresh: it had expired, or was being rendered',
  'only-if-cached': 'it was to be answered from the cache alone, and is not there',
  busy: 'another writer was rendering the page and did not finish within `limits.fillDeadline`',
  'not-shared': 'a simultaneous request gave an answer that was not stored, and only what is stored is shared',
  'pass-marker': 'the page was not storable a moment ago',
} as const;

export type StorageReason = keyof typeof STORAGE_REASONS;
export type FillReason = keyof typeof FILL_REASONS;
export type Reason = StorageReason | FillReason;

/** Whether a reason is one for which a response may not be stored. */
export function isStorageReason(reason: string): reason is StorageReason {
  return Object.hasOwn(STORAGE_REASONS, reason);
}

/** Whether a text, read from somewhere, is one of the reasons. */
export function isReason(text: string): text is Reason {
  return isStorageReason(text) || Object.hasOwn(FILL_REASONS, text);
}
