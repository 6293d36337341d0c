import { connect } from 'node:net';
import { askUntilHit, type AuditedPage, type Check, OK, type Outcome } from './audited-page';
import { isHit, newMark, says, visit, type Visit } from './visit';

const failed = (detail: string): Outcome => ({ outcome: 'failed', detail });
const skipped = (detail: string): Outcome => ({ outcome: 'skipped', detail });

/** What may not be answered from the cache, or not be reached at all. */
export const BOUNDARIES: readonly Check[] = [
  {
    sentence: 'whoever has an unknown cookie gets an answer of their own',
    run: (page) => notFromStore(page, { headers: { Cookie: 'audit=1' } }, 'is that cookie in `harmlessCookies`?'),
  },
  {
    sentence: 'no page from the cache sets a cookie',
    run: ({ honest }) =>
      Promise.resolve(
        honest.headers['set-cookie'] === undefined
          ? OK
          : failed('everybody gets the same cookie: find out who adds it'),
      ),
  },
  { sentence: 'no page from the cache says that it is one visitor’s', run: isForAll },
  ...['PURGE', 'BAN', 'REFRESH'].map((method): Check => ({
    sentence: `nobody can remove a page by ${method}`,
    run: (page) => stays(page, { method }),
  })),
  {
    sentence: 'nobody can remove a page by Cache-Control: no-cache',
    run: (page) => stays(page, { headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } }),
  },
  {
    sentence: 'a host that is not the site’s gets no page of the site’s into the cache',
    run: unknownHost,
  },
  {
    sentence: 'what nginx looks pages up by is not there for visitors',
    run: (page) => notThere(page, ['/.nginx-memcache-site/page', '/_memcached', '/page']),
  },
  { sentence: 'http leads to https', run: leadsToHttps },
];

function isForAll({ honest }: AuditedPage): Promise<Outcome> {
  const said = honest.headers['cache-control'] ?? '';
  if (/\bno-store\b/i.test(said)) return Promise.resolve(failed(`Cache-Control: ${said}`));
  const isPrivate = /\bprivate\b/i.test(said);
  return Promise.resolve(
    isPrivate ? skipped(`Cache-Control: ${said}, as pages with fragments have it: has it some?`) : OK,
  );
}

async function notFromStore(page: AuditedPage, request: Visit, question: string): Promise<Outcome> {
  const copy = page.newCopy();
  const stored = await askUntilHit(copy);
  if (!isHit(stored)) return skipped(`${copy.href} did not become a page of the cache (${stored.cacheStatus})`);
  return isHit(await visit(copy, request)) ? failed(`it was answered from the cache: ${question}`) : OK;
}

/** A stored copy is still the same one after a request. */
async function stays(page: AuditedPage, request: Visit): Promise<Outcome> {
  const copy = page.newCopy();
  const stored = await askUntilHit(copy);
  await visit(copy, request);
  let next = await visit(copy);
  // A site that is busy says so of its store now and then.
  if (/-unreachable\b/.test(next.cacheStatus ?? '')) next = await visit(copy);
  // The cache says which one it is by the moment at which it came from the application.
  const isSame = isHit(next) && next.headers.date === stored.headers.date;
  return isSame ? OK : failed('the page was gone afterwards: anybody can make the application render');
}

async function unknownHost(page: AuditedPage): Promise<Outcome> {
  const [copy, mark] = [page.newCopy(), newMark()];
  await visit(copy, { headers: { Host: `${mark}.invalid` } });
  const next = await askUntilHit(copy);
  return says(next, mark) || next.status !== page.honest.status
    ? failed('the next visitor gets what it made of the page')
    : OK;
}

async function notThere({ url }: AuditedPage, paths: readonly string[]): Promise<Outcome> {
  for (const path of paths) {
    const answer = await visit(new URL(path, url));
    if (answer.body.startsWith('HTTP/1.1 ')) return failed(`${path} shows what lies in the store`);
  }
  return OK;
}

async function leadsToHttps({ url }: AuditedPage): Promise<Outcome> {
  if (url.protocol !== 'https:' || url.port !== '')
    return skipped('the audited URL is of http, or has a port of its own');
  const plain = new URL(url);
  plain.protocol = 'http:';
  const answer = await visit(plain).catch(() => undefined);
  const leads = answer === undefined || (answer.headers.location ?? '').startsWith('https://');
  return leads ? OK : failed(`${plain.href} answers ${answer.status}: have the load balancer redirect it`);
}

/** Memcached's, nginx's own, its health checks' and the writer's. */
export const PRIVATE_PORTS: readonly number[] = [11_211, 8080, 8081, 8082];

/** Of a port, that nobody listens on it to whoever asks. */
export function closedPort(port: number): Check {
  return {
    sentence: `port ${port} is closed`,
    run: async ({ url }) => ((await isOpen(url.hostname, port)) ? failed('close it in the security group') : OK),
  };
}

const SILENCE_MS = 3000;

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: SILENCE_MS });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}
