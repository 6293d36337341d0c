import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Cell, pagePath } from './matrix';
import { OTHERS } from './processors';
import { parseWrkOutput, type WrkResult } from './wrk-output';

/** Asks a server for a cell's pages, as fast as it answers. */
export async function wrk(address: string, cell: Cell, seconds: number): Promise<WrkResult> {
  const { kilobytes, gzip, connections, pages } = cell;
  const many = pages > 1;
  const args = [
    ...['--cpu-list', OTHERS, 'wrk', '-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--latency'],
    ...(gzip ? ['-H', 'Accept-Encoding: gzip'] : []),
    ...(many ? ['-s', join(__dirname, 'distinct.lua')] : []),
    `http://${address}${pagePath(kilobytes, 0)}`,
    ...(many ? ['--', String(kilobytes), String(pages)] : []),
  ];
  const { stdout } = await promisify(execFile)('taskset', args, { timeout: (seconds + 10) * 1000 });
  return parseWrkOutput(stdout);
}
