import { readFileSync } from 'node:fs';
import { tlsSocket } from '../../../lib/site/nginx/tls-socket';
import { Connection } from '../../../lambda/stores/memcached/connection';
import { Ring } from '../../../lambda/stores/ring';
import { Values } from '../../../lambda/values/index';
import { type Certificate, makeCertificate } from '../../../local/certificate';
import { type LocalMemcached, startMemcached } from '../../../local/memcached';
import { valuesFailureTests } from './values-failures-suite';
import { valuesTests } from './values-suite';
import type { ValuesUnderTest } from './values-under-test';
import { freeze } from '../../support/freeze';

let servers: LocalMemcached[] = [];
let certificate: Certificate;
beforeAll(async () => (certificate = await makeCertificate()));
afterAll(() => certificate?.remove());

describe.each([
  { name: 'memjs', protocol: 'binary', encrypted: false },
  { name: 'the text protocol', protocol: 'text', encrypted: false },
  { name: 'the text protocol over TLS', protocol: undefined, encrypted: true },
] as const)('$name', ({ name, protocol, encrypted }) => {
  const make = async (): Promise<ValuesUnderTest> => {
    const options = encrypted ? { tls: certificate } : {};
    const tls = encrypted ? { ca: readFileSync(certificate.certificate) } : undefined;
    servers = await Promise.all([startMemcached(options), startMemcached(options), startMemcached(options)]);
    const nodes = servers.map(({ address }) => address).sort();
    const ring = new Ring(nodes, encrypted ? tlsSocket : undefined);
    const running = (node: string) => servers.findLast(({ address }) => address === node) as LocalMemcached;
    return {
      nodes,
      ring,
      open: (settings) => new Values({ ...settings, site: 'shop', nodes, tls, protocol }),
      async storeForeign(key, flags, data) {
        const deadlines = { connect: 30_000, command: 30_000 };
        const connection = await Connection.open(ring.nodeOf(key), deadlines, tls);
        await connection.send(`set ${key} ${flags} 0 ${data.length}\r\n`, Buffer.from(data, 'latin1'), '\r\n');
        connection.close();
      },
      kill: (node) => running(node).stop(),
      async restart(node) {
        await running(node).stop();
        servers.push(await startMemcached({ ...options, port: Number(node.split(':')[1]) }));
      },
      hang: (node) => freeze(running(node).pid),
      wake: (node) => void process.kill(running(node).pid, 'SIGCONT'),
    };
  };
  const clean = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  valuesTests(name, make, clean);
  valuesFailureTests(name, make, clean);
});
