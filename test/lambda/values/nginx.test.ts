import fc from 'fast-check';
import { Ring } from '../../../lambda/stores/ring';
import { Values } from '../../../lambda/values/index';
import { storedKey } from '../../../lambda/values/key';
import { type LocalMemcached, startMemcached } from '../../../local/memcached';
import { type PlainNginx, startPlainNginx } from '../../support/plain-nginx';
import { ask } from '../../support/raw-http';

let nodes: LocalMemcached[];
let nginx: PlainNginx;
let values: Values;
beforeAll(async () => {
  nodes = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  const names = nodes.map(({ address }) => address).sort();
  nginx = await startPlainNginx(
    (address) => `
      upstream ring { hash $memcached_key consistent; ${names.map((name) => `server ${name} max_fails=0;`).join(' ')} }
      server { listen ${address};
        location / { set $memcached_key $http_x_key; memcached_pass ring; default_type text/plain; } }`,
  );
  values = new Values({ site: 'shop', nodes: names, deadline: 30_000 });
});
afterAll(async () => {
  await values?.close();
  await nginx?.stop();
  await Promise.all(nodes.map((node) => node.stop()));
});

test('nginx finds a value where Values put it, whatever its key, on each of three nodes', async () => {
  const ring = new Ring(nodes.map(({ address }) => address).sort());
  const used = new Set<string>();
  const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(key, async (each) => {
      const stored = storedKey('shop', each);
      used.add(ring.nodeOf(stored));
      expect(await values.set(each, `value of ${stored}`)).toBe(true);
      expect(await ask(nginx.address, '/', { 'X-Key': stored })).toMatchObject({
        status: 200,
        body: `value of ${stored}`,
      });
    }),
    { numRuns: 200 },
  );
  expect(used.size).toBe(3);
});
