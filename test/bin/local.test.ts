import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/free-port';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage, startTestOrigin } from '../support/test-origin';
import { run, runWith } from './command-line';

test('local runs a site in front of an application from the bundles alone, until it is told to end', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-test-'));
  const assets = join(directory, 'package', 'assets');
  await cp(join(__dirname, '..', '..', 'assets'), assets, { recursive: true });
  const origin = await startTestOrigin(freshPage({ 'Cache-Control': 'max-age=600' }));
  const [port, lambdaPort] = [await freePort(), await freePort()];
  const options = ['--origin', `http://${origin.address}`, '--port', String(port), '--lambda-port', String(lambdaPort)];
  const local = spawn(process.execPath, [join(assets, 'cli', 'index.js'), 'local', ...options], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(local, 'exit');
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [local.stdout, local.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes(`ready http://127.0.0.1:${port}\n`)) resolve();
      });
    }
    local.once('exit', () => reject(new Error(`it ended before it was ready: ${said}`)));
  });
  try {
    await ready;
    await ask(`127.0.0.1:${port}`, '/a');
    expect(cacheStatus(await ask(`127.0.0.1:${port}`, '/a'))).toBe('hit');
    const { code, out } = await run('pages', '--endpoint-url', `http://127.0.0.1:${lambdaPort}`);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^http:\/\/www\.example\.com\/a /) as string });
    const [, inspector = ''] = /^inspector http:\/\/(.*)$/m.exec(said) ?? [];
    expect((await ask(inspector, '/inspector.js', { Host: inspector })).status).toBe(200);
  } finally {
    local.kill('SIGTERM');
    await ended;
    await origin.close();
    await rm(directory, { recursive: true, force: true });
  }
  expect(local.exitCode).toBe(0);
});

test('local says in one line what it needs and what is not there', async () => {
  const { code, err } = await runWith({ PATH: '/nowhere', NMS_NGINX: '' }, 'local');
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^a local site needs packages .*: apt-get install .*memcached.*\n$/) as string,
  });
});

test('local refuses options that it does not know, and shows those that it does', async () => {
  expect((await run('local', '--origin', 'nonsense')).err).toContain('it must be http://host:port');
  expect((await run('local', '--help')).out).toContain('Usage: nginx-memcache-site local [options]');
});
