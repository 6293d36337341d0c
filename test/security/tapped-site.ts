import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { type LocalMemcached, startMemcached } from '../../local/memcached';
import { commandsIn, tapMemcached } from '../support/memcached-tap';
import { ask, type RawAnswer, sendRaw } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { MARK } from './attack';
import { startCarelessSite } from './careless-origin';

/** A careless site and everything that is said to its memcached nodes. */
export interface TappedSite {
  readonly site: TestSite;
  readonly commands: () => { line: string; value?: string }[];
  stop(): Promise<unknown>;
}

/** Starts one whose nginx and writer reach memcached by taps. */
export async function startTappedSite(document: Partial<SiteConfigInput>): Promise<TappedSite> {
  const nodes: LocalMemcached[] = [await startMemcached(), await startMemcached()];
  const taps = await Promise.all(nodes.map(({ address }) => tapMemcached(address)));
  const addresses = taps.map(({ address }) => address);
  const site = await startCarelessSite(document, { memcachedNodes: 0, env: { NMS_CACHE_NODES: addresses.join(',') } });
  const config = parseSiteConfig({ site: 'test', ...document, limits: { storeTimeout: 1000, ...document.limits } });
  await site.nginx.reload(config, { ...site.deployment, nodes: addresses });
  // Until nginx has read it, and asks by the taps.
  const isAsked = () => taps.some((tap) => tap.sent().some((sent) => sent.includes('get ')));
  const isRead = ({ headers }: RawAnswer) =>
    document.compatibility !== undefined || headers['cache-status']?.endsWith('hit');
  while (!isRead(await ask(site.address, '/first')) || !isAsked());
  return {
    site,
    commands: () => taps.flatMap((tap) => tap.sent().flatMap(commandsIn)),
    stop: async () => {
      await site.stop();
      await Promise.all([...taps.map((tap) => tap.close()), ...nodes.map((node) => node.stop())]);
    },
  };
}

/** Texts that end a command and begin another, for whoever decodes them or writes them as they are. */
export const INJECTIONS = [
  ...[
    '%0d%0aset x 0 0 1%0d%0aX',
    '%0D%0Aflush_all%0D%0A',
    '%0aflush_all%0a',
    '%0d',
    '%00',
    '%20',
    '%20noreply',
    '%7f',
    '%09',
  ],
  ...[
    '%250d%250aflush_all',
    '%c4%8d%c4%8aflush_all',
    '%E5%98%8D%E5%98%8Aflush_all',
    '\xc4\x8d\xc4\x8aflush_all',
    '\x80',
    '\xff',
  ],
  ...[
    '\x01',
    '\x7f',
    '%u000aflush_all',
    '+set+x+0+0+1',
    '$memcached_key',
    '${page_key}',
    '\\r\\nflush_all',
    "'",
    '"',
    ';',
    '`',
    '|',
  ],
];
export const encoded = (text: string) => text.replaceAll(' ', '%20');

/** Sends each of them in every part of a request. */
export async function attackEverywhere(site: TestSite): Promise<void> {
  const send = (line: string, ...lines: string[]) =>
    sendRaw(site.address, `${[`${line} HTTP/1.1`, ...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  const own = 'Host: www.example.com';
  for (const text of INJECTIONS) {
    const inUrl = encoded(text) + MARK;
    await Promise.all([
      send(`GET /${inUrl}`, own),
      send(`GET /x/${inUrl}?${inUrl}`, own),
      send(`GET /q?${inUrl}=${inUrl}`, own),
      send(`HEAD /q?a=${inUrl}`, own),
      send(`GET /h`, `Host: ${text}`),
      send(`GET /h`, `Host: www.example.com${text}`),
      send(`GET http://${text}/h`, own),
      send('GET /c', own, `Cookie: pv=${text}`),
      send('GET /c', own, `Cookie: ${text}=1`, `X-Device: ${text}`, `Accept-Language: ${text}`),
      send('GET /c', own, `X-Nms-Key: ${text}`, `X-Nms-Variants: ${text}`, `Range: bytes=0-1${text}`),
      send('GET /c', own, 'Range: bytes=0-1', `If-Range: ${text}`),
      send(`POST /${inUrl}`, own, 'Content-Length: 0'),
    ]);
  }
}
