import fc from 'fast-check';
import { freePort } from '../../../local/free-port';
import { startNginx } from '../../../local/nginx';
import { canonicalize } from '../../../lib/site/canonicalize';
import { parseSiteConfig, type SiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { listenHttp, listenTcp, type ListeningServer } from '../../support/listening-servers';
import { cacheStatus, sendRaw } from '../../support/raw-http';
import { generatedRequest, type GeneratedRequest, requestBytes } from '../../support/request-generator';

const REQUESTS = Number(process.env.KEY_PROOF_REQUESTS ?? 20_000) / 5;
const SEED = Number(process.env.KEY_PROOF_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CONCURRENCY = 16;
const KEY = /^[\x21-\x24\x26-\x7e\x80-\xff]{1,250}$/;

const hosts = ['www.example.com', 'a.b'];
const bypass = { bypassPaths: ['/x.css'], bypassHosts: ['editors.example.com'] };
const presets: Record<string, Omit<SiteConfigInput, 'site'>> = {
  "A's writer, with page versions": {
    compatibility: { preset: 'django-nginx-memcache', prefix: 'ps', pageVersions: ['', 'a', 'b'] },
    eligibility: bypass,
  },
  "A's reader, closed hosts": {
    hosts,
    key: { scheme: 'https-bypasses' },
    compatibility: { preset: 'django-nginx-memcache', follows: 'reader', cookie: 'pv', pageVersions: ['b', 'a'] },
    eligibility: bypass,
  },
  'B, listed paths': {
    hosts,
    compatibility: { preset: 'prefix-path', prefix: 'site1' },
    eligibility: { cachedPaths: ['/a', '/items', '/A', '/~x', '/admin'], bypassPaths: ['/admin'] },
  },
  C: { compatibility: { preset: 'uri-digest' } },
  E: { hosts, compatibility: { preset: 'custom-key', key: 'CUSTOMKEY' }, eligibility: bypass },
};

/** What one side makes of a request, in words that can be compared. */
type Decision = { readonly bypass: string } | { readonly key: string };

describe.each(Object.entries(presets))('nginx asks for the key that TypeScript computes, with %s', (_, document) => {
  const config = parseSiteConfig({ site: 'test', ...document });
  let memcached: ListeningServer, origin: ListeningServer;
  let stop: () => Promise<void>;
  let address: string;

  beforeAll(async () => {
    // Whatever is asked for is there, and its body is the key.
    memcached = await listenTcp((socket) => {
      let text = '';
      socket.on('data', (data) => {
        const lines = (text + data.toString('latin1')).split('\r\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          const key = line.slice('get '.length);
          socket.write(`VALUE ${key} 0 ${key.length}\r\n${key}\r\nEND\r\n`, 'latin1');
        }
      });
    });
    origin = await listenHttp((request, response) => {
      response.setHeader('X-May-Store', request.headers['x-nms-may-store'] ?? '').end();
    });
    address = `127.0.0.1:${await freePort()}`;
    const nginx = await startNginx({
      config,
      deployment: {
        listen: address,
        statusListen: `127.0.0.1:${await freePort()}`,
        nodes: [memcached.address],
        writer: '127.0.0.1:9',
        origin: `http://${origin.address}`,
        originHostHeader: 'visitor',
        behindLoadBalancer: true,
      },
      onMessage: () => undefined,
    });
    stop = () => nginx.stop();
  });
  afterAll(async () => {
    await stop?.();
    await Promise.all([memcached, origin].map((server) => server?.close()));
  });

  test(`eligibility and key of ${REQUESTS} generated requests (KEY_PROOF_SEED=${SEED})`, async () => {
    const requests = fc.sample(fc.oneof(generatedRequest, longRequest), { numRuns: REQUESTS, seed: SEED });
    const differences: unknown[] = [];
    const counts = { found: 0, bypassed: 0, refused: 0 };
    const queue = requests.values();
    const work = async () => {
      for (const request of queue) {
        const ours = decideHere(config, request);
        const theirs = await decideInNginx(address, request);
        if (theirs === undefined) counts.refused += 1;
        else counts['key' in theirs ? 'found' : 'bypassed'] += 1;
        // What Memcached takes, and what nginx asks for as it is.
        if (theirs !== undefined && 'key' in theirs && request.method === 'GET') expect(theirs.key).toMatch(KEY);
        // nginx answers 400 by itself: no cache is involved, and none may have been expected.
        const alike = theirs === undefined ? 'bypass' in ours : JSON.stringify(ours) === JSON.stringify(theirs);
        if (!alike) differences.push({ request, ours, theirs });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    expect(differences.slice(0, 5)).toEqual([]);
    // The proof means something only where each way is gone often.
    expect(Math.min(counts.found, counts.bypassed)).toBeGreaterThan(REQUESTS / 50);
    console.info(`${REQUESTS} requests, seed ${SEED}: ${JSON.stringify(counts)}, ${differences.length} differences`);
  }, 120_000);
});

// Around the 250 bytes that a key may have, mostly on a host that is served and without a reason to bypass.
const longRequest: fc.Arbitrary<GeneratedRequest> = fc
  .record({
    length: fc.integer({ min: 200, max: 260 }),
    beginning: fc.constantFrom('/a/', '/items/', '/a?b=', '/a/%20', '/a/caf%C3%A9'),
    cookie: fc.constantFrom('', 'pv=a', 'pv=b', 'pv=zzz', 'pv=a&pv=b', 'sessionid=1', '_ga=1'),
  })
  .map(({ length, beginning, cookie }) => ({
    method: 'GET',
    target: beginning + 'x'.repeat(length - beginning.length),
    version: '1.1',
    headers: [['Host', 'www.example.com'], ...(cookie === '' ? [] : [['Cookie', cookie] as const])],
  }));

function decideHere(config: SiteConfig, request: GeneratedRequest): Decision {
  // As nginx reads fields: names with an underscore are dropped, spaces around a value are not part of it.
  const headers = request.headers
    .filter(([name]) => !name.includes('_'))
    .map(([name, value]) => [name, value.replace(/^ +| +$/g, '')] as const);
  const https = headers.some(([name, value]) => /^x-forwarded-proto$/i.test(name) && /^https$/i.test(value));
  const decided = canonicalize(config, { ...request, headers, scheme: https ? 'https' : 'http' });
  if (!decided.eligible) {
    return { bypass: decided.reason };
  }
  // The answer to a HEAD has the key's length only.
  return { key: request.method === 'HEAD' ? String(decided.request.key.length) : decided.request.key };
}

async function decideInNginx(address: string, request: GeneratedRequest): Promise<Decision | undefined> {
  const answer = await sendRaw(address, requestBytes(request));
  const status = cacheStatus(answer);
  // On a busy machine a lookup may be too late.
  if (status === 'fwd=uri-miss') return decideInNginx(address, request);
  if (answer.status === 421) return { bypass: 'unknown-host' };
  if (answer.status !== 200) return undefined;
  if (status === 'hit') {
    return { key: request.method === 'HEAD' ? (answer.headers['content-length'] ?? '') : answer.body };
  }
  // What was not looked up may not be stored, either.
  const reason = status === 'fwd=method' ? 'method' : /^fwd=bypass; detail=(\S+)$/.exec(status)?.[1];
  return { bypass: answer.headers['x-may-store'] === '' ? String(reason) : `${reason}, but it may be stored` };
}
