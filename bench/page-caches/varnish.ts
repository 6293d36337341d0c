import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../local/free-port';
import type { Cleanup } from '../cleanup';
import { askAll } from './ask';
import type { Contender } from './contender';
import { childrenOf } from './processor-time';
import { startServer } from './server-process';
import { makeDirectory } from './temporary-directory';

// Varnish has no switch for its log in shared memory; these are the records of a hit.
const RECORDS_OF_A_HIT =
  'Begin,End,Link,SessOpen,SessClose,ReqStart,ReqMethod,ReqURL,ReqProtocol,ReqHeader,ReqUnset,ReqAcct,VCL_call,' +
  'VCL_return,Hit,RespProtocol,RespStatus,RespReason,RespHeader,RespUnset,Timestamp,Filters,Gzip,Debug';

/** Varnish with its pages in memory, and with its own numbers of threads. */
export async function startVarnish(cleanup: Cleanup, origin: string): Promise<Contender> {
  const directory = await makeDirectory(cleanup);
  const address = `127.0.0.1:${await freePort()}`;
  const [host, port] = origin.split(':');
  const program = join(directory, 'pages.vcl');
  await writeFile(program, `vcl 4.1;\nbackend origin {\n  .host = "${host}";\n  .port = "${port}";\n}\n`);
  const args = [
    ...['-F', '-n', join(directory, 'varnish'), '-a', address, '-T', 'none', '-f', program, '-s', 'malloc,2g'],
    ...[
      '-p',
      `vsl_mask=${RECORDS_OF_A_HIT.split(',')
        .map((record) => `-${record}`)
        .join()}`,
    ],
  ];
  const { pid } = await cleanup.started(startServer('varnishd', args, address), (process) => process.stop());
  return {
    name: 'Varnish',
    address,
    servers: await childrenOf(pid, 'varnishd'),
    stores: [],
    fill: (paths) => askAll(address, paths),
    // The numbers of this request and of the one that fetched the page.
    isHit: ({ headers }) => /^\d+ \d+$/.test(String(headers['x-varnish'])),
  };
}
