import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageKey } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { accepting } from '../../../local/accepting';
import { freePort } from '../../../local/free-port';
import { listenHttp } from '../../support/listening-servers';

const SIDECAR = join(__dirname, '..', '..', '..', 'assets', 'image', 'sidecar.js');
const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-test-'));
const document = join(directory, 'site.json');
writeFileSync(document, '{"site":"test"}');
afterAll(() => rmSync(directory, { recursive: true }));

function startSidecar(env: Readonly<Record<string, string>>) {
  const sidecar = spawn(process.execPath, [SIDECAR], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  sidecar.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  return { sidecar, ended: once(sidecar, 'close') as Promise<[number | null]>, words: () => words };
}

test('without its variables it ends, and says which ones it lacks and nothing else', async () => {
  const { ended, words } = startSidecar({ NMS_SITE_CONFIG: document, NMS_CACHE_NODES: '127.0.0.1:1' });
  expect(await ended).toEqual([1, null]);
  expect(words().trim().split('\n')).toEqual([
    'the environment has 2 faults:',
    '  NMS_ORIGIN: must be http://host:port or https://host:port, got ""',
    "  NMS_TABLE: must be a table's name, got nothing",
  ]);
});

test('an address that is taken ends it, and it says so in one line', async () => {
  const taken = await listenHttp(() => undefined);
  const { ended, words } = startSidecar(variables('http://127.0.0.1:1', taken.address));
  expect(await ended).toEqual([1, null]);
  await taken.close();
  expect(words().trim()).toMatch(/^.*EADDRINUSE.*$/);
});

test('told to stop, it takes no new connection, finishes what it began, and ends', async () => {
  let begin: (response: ServerResponse) => void = () => undefined;
  const asked = new Promise<ServerResponse>((resolve) => (begin = resolve));
  const origin = await listenHttp((_, response) => begin(response));
  const writer = `127.0.0.1:${await freePort()}`;
  const { sidecar, ended } = startSidecar(variables(`http://${origin.address}`, writer));
  await accepting(writer);

  // A connection that nginx would keep.
  const nginx = createConnection({ host: '127.0.0.1', port: Number(writer.split(':')[1]) });
  const parts = { scheme: 'http', host: 'a.example', path: '/', query: '', variants: {} } as const;
  const key = pageKey(parseSiteConfig({ site: 'test' }), parts);
  nginx.write(`GET / HTTP/1.1\r\nHost: a.example\r\nX-Nms-Key: ${key}\r\nX-Nms-Scheme: http\r\n\r\n`);
  const rendering = await asked;
  sidecar.kill('SIGTERM');
  await refusing(writer);
  rendering.end('rendered late');

  let answer = '';
  nginx.setEncoding('latin1').on('data', (text: string) => (answer += text));
  expect(await ended).toEqual([0, null]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nrendered late$/);
  nginx.destroy();
  await origin.close();
});

/** The variables of a sidecar whose stores are out of reach: it answers all the same. */
function variables(origin: string, writer: string): Record<string, string> {
  return {
    NMS_SITE_CONFIG: document,
    NMS_ORIGIN: origin,
    NMS_CACHE_NODES: '127.0.0.1:1',
    NMS_TABLE: 'table',
    NMS_DYNAMODB_ENDPOINT: 'http://127.0.0.1:1',
    NMS_WRITER: writer,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

async function refusing(address: string): Promise<void> {
  const [host, port] = address.split(':') as [string, string];
  for (;;) {
    const socket = createConnection({ host, port: Number(port) });
    const accepted = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (!accepted) return;
  }
}
