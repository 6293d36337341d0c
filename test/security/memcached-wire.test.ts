import { keyPrefix } from '../../lib/site/page-key';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { ask } from '../support/raw-http';
import { attackEverywhere, encoded, INJECTIONS, startTappedSite, type TappedSite } from './tapped-site';

/*
 * Whatever visitors, the application and purges say, what goes over the wire to memcached is a handful of commands about keys
 * of ours. A value is bytes of a length that was said before.
 */

const COMMAND = (prefix: string) =>
  new RegExp(
    `^(?:version|gets? ${prefix}K|delete ${prefix}K|add ${prefix}K 0 \\d+ 0|cas ${prefix}K 0 (?:-1|\\d+) \\d+ \\d+)$`.replaceAll(
      'K',
      '[0-9a-f]{32}(?::kept)?',
    ),
  );

const CONFIG: Partial<SiteConfigInput> = {
  key: {
    variants: [
      { name: 'pv', source: 'cookie', field: 'pv', values: ['a', 'b'] },
      { name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'mobile'] },
    ],
  },
  storage: { keptFor: 120, staleIfError: 60 },
  purging: { onUnsafeRequests: true },
};

describe('on a site', () => {
  let tapped: TappedSite;
  beforeAll(async () => (tapped = await startTappedSite(CONFIG)));
  afterAll(() => tapped?.stop());

  /** The application's own words, in whose tags and headers anything may stand. */
  async function answersWith(text: string, name: string): Promise<void> {
    const path = `/said/${INJECTIONS.indexOf(text)}/${name}`;
    const value = Buffer.from(decodeURIComponentLoosely(text), 'latin1').toString('latin1');
    tapped.site.origin.on(path, (request) => {
      const body = `END\r\nget x\r\n${value}\r\nflush_all\r\n`;
      const head = `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${name}: ${value}\r\nContent-Length: ${body.length}\r\n`;
      request.socket.end(Buffer.from(`${head}Connection: close\r\n\r\n${body}`, 'latin1'));
    });
    await ask(tapped.site.address, path);
    await ask(tapped.site.address, path);
  }

  test('nothing but our commands about our keys is ever said to memcached', async () => {
    await attackEverywhere(tapped.site);
    for (const text of INJECTIONS) {
      await Promise.all(['Surrogate-Key', 'Cache-Tag', 'ETag', 'X-Own'].map((name) => answersWith(text, name)));
      const url = `http://www.example.com/${encoded(text)}`;
      const purges = [{ urls: [url] }, { tags: [text] }, { prefixes: [url] }, { hosts: [text] }];
      // Most of them are refused, each for itself.
      await Promise.allSettled(purges.map((event) => tapped.site.functions.purge.invoke(event)));
    }
    const config = parseSiteConfig({ site: 'test', ...CONFIG });
    const ours = COMMAND(keyPrefix(config).replaceAll('.', '\\.'));
    const commands = tapped.commands();
    const kinds = new Set(commands.map(({ line }) => line.split(' ')[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(['get', 'gets', 'add', 'cas', 'delete']));
    expect(commands.map(({ line }) => line).filter((line) => !ours.test(line))).toEqual([]);
  });

  test('a value is a page, a pass marker or nothing, of the length that was said', () => {
    const values = tapped.commands().flatMap(({ value }) => (value === undefined ? [] : [value]));
    expect(values.length).toBeGreaterThan(100);
    // A kept copy begins with a line of its own.
    const odd = values.filter((value) => !/^(?:$|pass [a-z-]+$|(?:\{[^\n]*\}\n)?HTTP\/1\.1 \d{3} )/.test(value));
    expect(odd.map((value) => value.slice(0, 80))).toEqual([]);
  });
});

describe.each<[string, SiteConfigInput['compatibility']]>([
  ['of the path and query', { preset: 'custom-key', key: 'CUSTOMKEY' }],
  ['of the path', { preset: 'prefix-path', prefix: 'p' }],
])('on a site of which the application makes the keys, %s', (_, compatibility) => {
  let tapped: TappedSite;
  beforeAll(async () => (tapped = await startTappedSite({ hosts: ['www.example.com'], compatibility })));
  afterAll(() => tapped?.stop());

  test('memcached is asked for keys only that are keys to it, and told nothing', async () => {
    await attackEverywhere(tapped.site);
    const lines = tapped.commands().map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(5);
    // eslint-disable-next-line no-control-regex
    expect(lines.filter((line) => !/^get [^\x00-\x20\x7f]{1,250}$/.test(line))).toEqual([]);
  });
});

function decodeURIComponentLoosely(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (__, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
