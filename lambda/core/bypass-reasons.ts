/** Why a request is not looked up, each with what it means to the site's owner. The names are stable: `Cache-Status` carries them. */
export const BYPASS_REASONS = {
  method: 'its method is neither GET nor HEAD',
  target: 'its target is a whole URL, which names a host beside the Host header',
  path: 'its path is on `bypassPaths`, below none of `cachedPaths`, or written in a way that origins read differently (`//`, `..`, `%2f`, `\\`)',
  query: 'its query is longer than 4,096 bytes, has bytes that are no visible ASCII, or is there where keys have none',
  host: 'its Host is not one, is in another spelling than keys have, or is on `bypassHosts`',
  authorization: 'it has `Authorization`, and `cacheAuthorized` is not on',
  body: 'it has a body',
  precondition: 'it has `If-Match` or `If-Unmodified-Since`, which only the origin can decide',
  origin: 'it has `Origin`: what it is answered may be for that origin only',
  upgrade: 'it asks for another protocol, such as WebSocket',
  accept: 'it asks for a stream: events, or Turbo Streams',
  partial: 'it asks for a part of a page, by a header of htmx, Turbo, Next.js or the like',
  cookie: 'it has a cookie that is neither of `harmlessCookies` nor of a variant: it may be a login',
  scheme: 'it came by https, which bypasses on this site',
  key: "its key, of the application's own making, is not one that Memcached takes",
  'no-store': 'it says `no-store`, and the site honours that',
  range: 'it asks for a part of a page, and the site cannot give one',
  off: 'the cache is switched off (`enabled: false`)',
  'observe-only': 'the cache only observes: what it would have done stands in the log',
} as const;

/** Whether a text is one of the reasons. */
export function isBypassReason(text: string): text is keyof typeof BYPASS_REASONS {
  return Object.hasOwn(BYPASS_REASONS, text);
}
