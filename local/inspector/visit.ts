import { request } from 'node:http';
import type { HeaderPair } from '../../lambda/core/page';

/** What a visitor was answered. */
export interface VisitAnswer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly milliseconds: number;
}

// As long as a visitor has patience, and more than any fill takes.
const TIMEOUT = 60_000;

/**
 * Asks a local site for a URL as a visitor would, whatever the host of the URL is.
 *
 * @param site `http://127.0.0.1:port`.
 * @throws Error when it does not answer, or the request cannot be sent.
 */
export async function visit(site: string, url: string, headers: readonly HeaderPair[]): Promise<VisitAnswer> {
  const { host, pathname, search } = new URL(url);
  const { hostname, port } = new URL(site);
  const own = headers.filter(([name]) => name.toLowerCase() !== 'host');
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ hostname, port, path: `${pathname}${search}`, agent: false, timeout: TIMEOUT },
        headers: [['Host', host], ...own, ['Connection', 'close']].flat(),
      },
      (response) => {
        response.resume();
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: pairsOf(response.rawHeaders),
            milliseconds: Math.round(performance.now() - began),
          }),
        );
      },
    );
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    asked.once('error', reject);
    asked.end();
  });
}

function pairsOf(raw: readonly string[]): HeaderPair[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []));
}
