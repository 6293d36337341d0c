import { ask, askUntilHit, cacheStatus, type RawAnswer, sendRaw } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { storedText } from './stored-text';

/** A word that no page contains but by an attack. */
export const MARK = 'attack7731';

/** A request, as it is written to the socket: what Node's client would mend or refuse is what attackers send. */
export interface Attack {
  /** Method and target. Default: `GET` of the page */
  readonly line?: string;
  /** Lines of the head, besides `Host` and `Connection`. */
  readonly lines?: readonly string[];
  readonly body?: string;
}

/** Sends a request for a page, from a connection of its own, with what the attack has in place of an honest request. */
export function attack(site: TestSite, path: string, { line, lines = [], body = '' }: Attack): Promise<RawAnswer> {
  const head = [`${line ?? `GET ${path}`} HTTP/1.1`, 'Host: www.example.com', 'Connection: close', ...lines];
  return sendRaw(site.address, `${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Whether an answer comes from the origin, which was asked with the whole request. */
export function isOwn(answer: RawAnswer): boolean {
  return !/^(?:hit|fwd=(?:uri-miss|stale|request); (?:stored|collapsed))/.test(cacheStatus(answer));
}

let paths = 0;
/** A path that nobody has asked for yet. */
export function newPath(base = '/attacked'): string {
  return `${base}/${(paths += 1)}`;
}

const CLEAN = '/untouched';

/** What an honest visitor gets from the store for a path that nobody has attacked, made the one of another path. */
async function untouched(site: TestSite, path: string): Promise<Comparable> {
  const { status, headers, body } = await askUntilHit(site.address, CLEAN);
  return JSON.parse(JSON.stringify(comparable({ status, headers, body })).replaceAll(CLEAN, path)) as Comparable;
}

type Comparable = Pick<RawAnswer, 'status' | 'headers' | 'body'>;

// Without what differs between two answers of one page, and what comes of the path in its body.
function comparable({ status, headers, body }: RawAnswer): Comparable {
  const {
    age,
    date,
    'cache-status': ours,
    'content-length': length,
    'transfer-encoding': framing,
    etag,
    ...others
  } = headers;
  return { status, headers: others, body };
}

/** Expects of a page what an honest visitor would have got without any attack: from the store, to the byte. */
export async function expectUntouched(site: TestSite, path: string): Promise<void> {
  const visitor = await askUntilHit(site.address, path);
  expect(JSON.stringify(visitor)).not.toContain(MARK);
  expect(comparable(visitor)).toEqual(await untouched(site, path));
}

/**
 * Attacks a page before anybody has asked for it, and again when it is stored: whoever attacks gets the page, or the origin's
 * answer to their own whole request, and every other visitor what they would have got without.
 */
export async function expectNoHarm(site: TestSite, one: Attack, path = newPath()): Promise<void> {
  const before = await attack(site, path, one);
  await expectUntouched(site, path);
  const after = await attack(site, path, one);
  await expectUntouched(site, path);
  for (const answer of [before, after]) {
    if (isOwn(answer)) {
      expect(answer.body).toContain(MARK);
    } else {
      expect(comparable(answer)).toEqual(await untouched(site, path));
    }
  }
}

/** Expects that no byte in any Memcached node comes from an attack. */
export async function expectNothingStored(site: TestSite): Promise<void> {
  await ask(site.address, newPath('/some-page'));
  const text = await storedText(site);
  expect(text).toContain('/some-page');
  expect(text).not.toContain(MARK);
}
