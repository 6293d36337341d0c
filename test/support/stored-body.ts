import { createHash } from 'node:crypto';
import { Ring } from '../../lambda/stores/ring';
import type { LocalSite } from '../../local/site';
import { exchange } from './raw-http';

/** Stores a value as an application's own client would, on the node that nginx asks. */
export async function storeBody(site: LocalSite, key: string, value: string | Buffer, flags = 0): Promise<void> {
  const node = new Ring(site.memcached.map(({ address }) => address)).nodeOf(key);
  const bytes = Buffer.from(value).toString('latin1');
  const reply = await exchange(node, `set ${key} ${flags} 0 ${bytes.length}\r\n${bytes}\r\nquit\r\n`);
  if (reply !== 'STORED\r\n') {
    throw new Error(`${node} did not store ${key}: ${reply}`);
  }
}

/** The hash in the keys of applications. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
