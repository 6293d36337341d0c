import fc from 'fast-check';
import { freePort } from '../../../local/free-port';
import { startNginx } from '../../../local/nginx';
import { canonicalPath } from '../../../lib/site/canonical-path';
import { canonicalize } from '../../../lib/site/canonicalize';
import { forwardedScheme } from '../../../lib/site/forwarded-scheme';
import { variantsText } from '../../../lib/site/page-key';
import { parseSiteConfig, type SiteConfig } from '../../../lib/site/site-config';
import { variantSigning } from '../../../lib/site/variant-signing';
import { listenHttp, listenTcp, type ListeningServer } from '../../support/listening-servers';
import { sendRaw } from '../../support/raw-http';
import { generatedRequest, type GeneratedRequest, requestBytes } from '../../support/request-generator';
import { richVariants, variantKeys, variantRequest } from '../../support/variant-generator';

const REQUESTS = Number(process.env.KEY_PROOF_REQUESTS ?? 20_000);
const SEED = Number(process.env.KEY_PROOF_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CONCURRENCY = 16;

const variants = [
  { name: 'pv', source: 'cookie', field: 'pv', values: ['a', 'b'] },
  { name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'mobile'] },
];
const scheme = {
  headers: [
    { name: 'CloudFront-Forwarded-Proto', value: 'https' },
    { name: 'X-Forwarded-SSL', value: 'on' },
  ],
};
const bypass = { bypassPaths: ['/admin'], bypassHosts: ['editors.example.com'] };

const sites: Record<string, SiteConfig> = {
  'the defaults': parseSiteConfig({ site: 'defaults' }),
  'variants, only some parameters, separate schemes': parseSiteConfig({
    site: 'variants',
    scheme,
    key: { variants, query: { policy: 'only', names: ['page', 'a*'] } },
    eligibility: bypass,
  }),
  'every parameter, one page for both schemes, a cache of its own': parseSiteConfig({
    site: 'all',
    perNodeCache: { size: 1_048_576 },
    key: { query: { policy: 'all' }, scheme: 'same', variants },
    eligibility: bypass,
  }),
  'no parameter, https bypasses, closed hosts': parseSiteConfig({
    site: 'none',
    hosts: ['www.example.com', 'a.b'],
    scheme,
    key: { query: { policy: 'none' }, scheme: 'https-bypasses' },
    eligibility: { ...bypass, harmlessCookies: [] },
  }),
  'languages, devices and signed values, with Authorization': parseSiteConfig({
    site: 'rich',
    key: { variants: richVariants },
    eligibility: { authorization: 'as-the-page-says' },
  }),
};
const EACH = REQUESTS / Object.keys(sites).length;

/** What one side decided about a request, in words that can be compared. */
interface Decision {
  readonly bypass?: string;
  readonly key?: string;
  readonly canonical?: string;
}

describe.each(Object.entries(sites))('nginx and TypeScript decide alike with %s', (_, config) => {
  let memcached: ListeningServer, writer: ListeningServer, origin: ListeningServer;
  let stop: () => Promise<void>;
  let address: string;
  const commands = new Set<string>();

  beforeAll(async () => {
    memcached = await listenTcp((socket) =>
      socket.on('data', (data) => {
        data
          .toString('latin1')
          .split('\r\n')
          .filter(Boolean)
          .forEach((line) => commands.add(line));
        socket.write('END\r\n');
      }),
    );
    // The writer tells what nginx asked it for; nginx's own variables are seen only so.
    writer = await listenHttp((request, response) => {
      response.setHeader('X-Told', JSON.stringify([request.url, request.headers.host, request.headersDistinct]));
      response.end();
    });
    origin = await listenTcp((socket) =>
      socket.once('data', (data) => {
        const target =
          data
            .toString('latin1')
            .split('\r\n')[0]
            ?.replace(/^\S+ | HTTP\/1\.1$/g, '') ?? '';
        socket.end(
          `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\nX-Raw: ${Buffer.from(target, 'latin1').toString('hex')}\r\n\r\n`,
        );
      }),
    );
    address = `127.0.0.1:${await freePort()}`;
    const nginx = await startNginx({
      config,
      deployment: {
        listen: address,
        statusListen: `127.0.0.1:${await freePort()}`,
        nodes: [memcached.address],
        writer: writer.address,
        origin: `http://${origin.address}`,
        originHostHeader: 'visitor',
        behindLoadBalancer: true,
        variantKeys,
      },
      onMessage: () => undefined,
    });
    stop = () => nginx.stop();
  });

  afterAll(async () => {
    await stop?.();
    await Promise.all([memcached, writer, origin].map((server) => server?.close()));
  });

  test(`eligibility and key of ${EACH} generated requests (KEY_PROOF_SEED=${SEED})`, async () => {
    const generator = config.site === 'rich' ? variantRequest : generatedRequest;
    const requests = fc.sample(generator, { numRuns: EACH, seed: SEED });
    const differences: unknown[] = [];
    const counts = { cached: 0, bypassed: 0, refused: 0 };
    const chosen = new Set<string>();
    const ask = async (request: GeneratedRequest) => {
      const ours = decideHere(config, request);
      const theirs = await decideInNginx(config, address, request);
      if (theirs === 'refused') {
        // nginx answers 400 by itself: no cache is involved, and none may have been expected.
        counts.refused += 1;
        if (ours.key !== undefined) differences.push({ request, ours, theirs });
        return;
      }
      counts[theirs.key === undefined ? 'bypassed' : 'cached'] += 1;
      theirs.canonical
        ?.split(' ')
        .at(-1)
        ?.split(';')
        .forEach((one) => chosen.add(one));
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ request, ours, theirs });
    };
    const queue = requests.values();
    await Promise.all(
      Array.from({ length: CONCURRENCY }, async () => {
        for (const request of queue) await ask(request);
      }),
    );
    expect(differences.slice(0, 5)).toEqual([]);
    // The proof means something only where each way is gone often.
    expect(Math.min(counts.cached, counts.bypassed)).toBeGreaterThan(requests.length / 20);
    const declared = config.key.variants.flatMap(({ name, values }) => values.map((value) => `${name}=${value}`));
    expect([...chosen].filter((one) => one !== '').sort()).toEqual(declared.sort());
    expect([...commands].filter((line) => !/^get [a-z0-9-]+:[0-9]+\.[0-9a-f]{8}:[0-9a-f]{32}$/.test(line))).toEqual([]);
    console.info(
      `${requests.length} requests, seed ${SEED}: ${JSON.stringify(counts)}, ${differences.length} differences`,
    );
  }, 120_000);
});

function decideHere(config: SiteConfig, request: GeneratedRequest): Decision {
  // As nginx reads fields: names with an underscore are dropped, spaces around a value are not part of it.
  const headers = request.headers
    .filter(([name]) => !name.includes('_'))
    .map(([name, value]) => [name, value.replace(/^ +| +$/g, '')] as const);
  const scheme = forwardedScheme(config, headers);
  const decided = canonicalize(config, { ...request, headers, scheme }, variantSigning(variantKeys, Date.now()));
  if (!decided.eligible) {
    return { bypass: decided.reason };
  }
  const { host, path, query, variants: chosen, key } = decided.request;
  const text = variantsText(config, chosen);
  return { key, canonical: [decided.request.scheme, host, path, query, text].join(' ') };
}

async function decideInNginx(
  config: SiteConfig,
  address: string,
  request: GeneratedRequest,
): Promise<Decision | 'refused'> {
  const { status, headers } = await sendRaw(address, requestBytes(request));
  if (status === 421) {
    return { bypass: 'unknown-host' };
  }
  const cacheStatus = headers['cache-status'] ?? '';
  if (status !== 200) {
    return 'refused';
  }
  if (headers['x-told'] === undefined) {
    // Byte for byte, whatever the path is made of; of an absolute target, everything after the host.
    const sent = request.target.replace(/^https?:\/\/[^/?]*/i, '');
    const received = Buffer.from(headers['x-raw'] ?? '', 'hex').toString('latin1');
    const reason = /fwd=method/.test(cacheStatus) ? 'method' : /detail=(\S+)$/.exec(cacheStatus)?.[1];
    return { bypass: received === sent ? reason : `${reason}, but the origin received ${received}` };
  }
  const [url, host, told] = JSON.parse(headers['x-told']) as [string, string, Record<string, string[]>];
  const isForwarded = config.eligibility.authorization === 'as-the-page-says' && told.authorization !== undefined;
  expect(Object.keys(told).sort()).toEqual([
    ...(isForwarded ? ['authorization'] : []),
    'host',
    'x-nms-key',
    'x-nms-scheme',
    ...(config.key.variants.length > 0 ? ['x-nms-variants'] : []),
  ]);
  const [path, query = ''] = splitOnce(url, '?');
  return {
    key: told['x-nms-key']?.join(),
    canonical: [told['x-nms-scheme'], host, canonicalPath(path), query, told['x-nms-variants'] ?? ''].join(' '),
  };
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
