import { Ring } from '../../../lambda/stores/ring';
import { freePort } from '../../../local/free-port';
import { startPlainNginx } from '../../support/plain-nginx';
import { ask } from '../../support/raw-http';

test('a ring needs a server', () => expect(() => new Ring([])).toThrow('at least one server'));

test('adding a server moves only what the new one gets', () => {
  const keys = Array.from({ length: 3000 }, (_, i) => `key-${i}`);
  const before = new Ring(['a:1', 'b:1', 'c:1']);
  const after = new Ring(['a:1', 'b:1', 'c:1', 'd:1']);
  const moved = keys.filter((key) => before.nodeOf(key) !== after.nodeOf(key));
  expect(new Set(moved.map((key) => after.nodeOf(key)))).toEqual(new Set(['d:1']));
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.length).toBeLessThan(keys.length / 2);
});

test('the ring chooses as nginx does, over three servers and 1,500 keys', async () => {
  const names = (await Promise.all([freePort(), freePort(), freePort()])).map((port) => `127.0.0.1:${port}`);
  const nginx = await startPlainNginx(
    (address) => `
      upstream ring { hash $arg_key consistent; ${names.map((name) => `server ${name};`).join(' ')} }
      ${names.map((name) => `server { listen ${name}; return 200 "${name}"; }`).join('\n')}
      server { listen ${address}; location / { proxy_pass http://ring; } }`,
  );
  try {
    const ring = new Ring(names);
    const keys = Array.from({ length: 1500 }, (_, i) => `site:1.abc:${i * 7919}`);
    const differences: string[] = [];
    const queue = keys.values();
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const key of queue) {
          const { body } = await ask(nginx.address, `/?key=${key}`);
          if (body !== ring.nodeOf(key)) differences.push(`${key}: nginx ${body}, we ${ring.nodeOf(key)}`);
        }
      }),
    );
    expect(differences).toEqual([]);
    expect(new Set(keys.map((key) => ring.nodeOf(key))).size).toBe(3);
  } finally {
    await nginx.stop();
  }
});
