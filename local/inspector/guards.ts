import type { IncomingMessage } from 'node:http';

/** The header that the page sends with all that it asks: other sites' pages cannot, without being allowed to (CORS). */
export const OWN_HEADER = 'Inspector-Request';

/** What every answer says: no other site may frame the page or load from it, and it runs and loads nothing but its own files. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/**
 * Why a request is refused; undefined when it is the page's own.
 *
 * A browser here opens pages of everybody's: one of them must not purge, nor read what is cached, neither by a form or a
 * script (CSRF) nor by a name of its own that leads to this machine (DNS rebinding).
 *
 * @param port where the page is.
 */
export function refusal(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  port: number,
): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!hosts.includes(host)) {
    return `Host must be ${hosts.join(' or ')}`;
  }
  if (method === 'GET') {
    return undefined;
  }
  if (method !== 'POST') {
    return 'the method must be GET or POST';
  }
  if (headers[OWN_HEADER.toLowerCase()] === undefined) {
    return `the header ${OWN_HEADER} must be there`;
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return `Origin must be http://${host}`;
  }
  return site === undefined || site === 'same-origin' ? undefined : 'Sec-Fetch-Site must be same-origin';
}
