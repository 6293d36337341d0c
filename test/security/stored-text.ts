import { createConnection } from 'node:net';
import { decodePage } from '../../lambda/core/page-format';
import { plainBody } from '../../lambda/core/body-coding';
import { defaultPage } from '../../lambda/core/warm-pages';
import { parseSiteConfig } from '../../lib/site/site-config';
import type { TestSite } from '../support/test-site';
import { exchange } from '../support/raw-http';

const MOST_BYTES = 16 * 1024 * 1024;

/** Everything that lies in a site's Memcached nodes, bodies expanded: to be searched. */
export async function storedText(site: Pick<TestSite, 'memcached'>): Promise<string> {
  const values = await valuesIn(site);
  const bodies = await Promise.all(values.map(expanded));
  return [...values.map((value) => value.toString('latin1')), ...bodies].join('\n');
}

/** Every value that lies in a site's nodes. */
export async function valuesIn({ memcached }: Pick<TestSite, 'memcached'>): Promise<Buffer[]> {
  const values = await Promise.all(
    memcached.map(async ({ address }) => {
      const keys = await keysOf(address);
      return Promise.all(keys.map((key) => valueOf(address, key)));
    }),
  );
  return values.flat();
}

/** How many items a site's nodes hold. */
export async function countItems({ memcached }: Pick<TestSite, 'memcached'>): Promise<number> {
  const replies = await Promise.all(memcached.map(({ address }) => exchange(address, 'stats\r\nquit\r\n')));
  return replies.reduce((sum, reply) => sum + Number(/STAT curr_items (\d+)/.exec(reply)?.[1]), 0);
}

/**
 * The pages of URLs that are stored, by their keys, each with the number that memcached gives a value when it is stored.
 *
 * @param name the site's, which has the default key otherwise.
 */
export async function versionsOf(
  { memcached }: Pick<TestSite, 'memcached'>,
  urls: readonly string[],
  name = 'test',
): Promise<Map<string, string>> {
  const pages = urls.map((url) => defaultPage(parseSiteConfig({ site: name }), url));
  const asked = pages.map((page) => `gets ${'key' in page ? page.key : ''}\r\n`).join('');
  const replies = await Promise.all(memcached.map(({ address }) => exchange(address, `${asked}quit\r\n`)));
  const lines = [...replies.join('').matchAll(/^VALUE (\S+) \d+ \d+ (\d+)\r$/gm)];
  return new Map(lines.map(([, key = '', version = '']) => [key, version]));
}

// memcached's list leaves out what is being answered in the moment.
const LISTS = 3;

async function keysOf(address: string): Promise<string[]> {
  const keys = new Set<string>();
  for (let i = 0; i < LISTS; i += 1) {
    const list = await untilEnd(address, 'lru_crawler metadump all\r\n');
    for (const [, key = ''] of list.matchAll(/^key=(\S+)/gm)) keys.add(decodeURIComponent(key));
  }
  return [...keys];
}

// A list has its own end: memcached does not read on while it writes one.
function untilEnd(address: string, command: string): Promise<string> {
  const [host, port] = address.split(':') as [string, string];
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = createConnection({ host, port: Number(port) }).on('error', reject);
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
      if (!/(?:^|\n)(?:END|ERROR|BUSY[^\n]*)\r\n$/.test(text)) return;
      socket.destroy();
      if (text.endsWith('END\r\n')) resolve(text);
      else reject(new Error(`${address} lists no keys: ${text}`));
    });
    socket.write(command);
  });
}

async function valueOf(address: string, key: string): Promise<Buffer> {
  const reply = Buffer.from(await exchange(address, `get ${key}\r\nquit\r\n`), 'latin1');
  const headEnd = reply.indexOf('\r\n') + 2;
  const length = Number(/^VALUE \S+ \d+ (\d+)/.exec(reply.toString('latin1', 0, headEnd))?.[1] ?? 0);
  return reply.subarray(headEnd, headEnd + length);
}

async function expanded(value: Buffer): Promise<string> {
  const page = decodePage(value);
  const body = page && (await plainBody(page, MOST_BYTES));
  return body?.toString('latin1') ?? '';
}
