import { Pool } from 'undici';

/** Requests that have been answered so far. */
export interface Asked {
  readonly requests: number;
  /** By what `Cache-Status` said. */
  readonly outcomes: ReadonlyMap<string, number>;
}

const STORED = 'fwd=uri-miss; stored';

/** Whether what was asked for was stored, as three of four pages are when nothing is late: else no stored miss was measured. */
export function wasStored({ requests, outcomes }: Asked): boolean {
  return (outcomes.get(STORED) ?? 0) >= requests / 10;
}

/** Visitors who ask for one new URL after the other. */
export interface DistinctUrls {
  asked(): Asked;
  /** Ends when every visitor has got the last answer; fails with what one of them failed with. */
  stop(): Promise<void>;
}

// Enough to keep two processors busy.
const VISITORS = 16;

/** The path of a page that has the cache do something else than the one before it: see `startDistinctOrigin`. */
export function distinctPath(number: number): string {
  switch (number % 4) {
    case 0:
      return `/private/${number}`;
    case 1:
      // Sorted by njs.
      return `/list?page=${number}&b=1&a=2`;
    default:
      return `/articles/${number}`;
  }
}

/**
 * Asks a site for URLs that nobody has asked for before, as fast as it answers: half of them compressed.
 *
 * @param url `http://host:port`.
 * @param onError called when a visitor gets no answer, or a bad one; they go on until `stop`.
 */
export function askDistinctUrls(url: string, onError: (error: Error) => void): DistinctUrls {
  // New connections now and then: which of nginx's workers takes one is chance.
  const pool = new Pool(url, { connections: VISITORS, maxRequestsPerClient: 100 });
  const outcomes = new Map<string, number>();
  let last = 0;
  let requests = 0;
  let stopped = false;
  const visit = async () => {
    while (!stopped) {
      last += 1;
      const path = distinctPath(last);
      const headers = last % 8 < 4 ? { 'accept-encoding': 'gzip' } : {};
      const { statusCode, headers: answered, body } = await pool.request({ method: 'GET', path, headers });
      await body.dump({ limit: Infinity });
      if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}`);
      const outcome = String(answered['cache-status']).replace('nginx-memcache-site; ', '');
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      requests += 1;
    }
  };
  const visitors = Promise.all(Array.from({ length: VISITORS }, visit));
  visitors.catch(onError);
  return {
    asked: () => ({ requests, outcomes }),
    async stop() {
      stopped = true;
      await visitors.finally(() => pool.close());
    },
  };
}
