import { StoreError, type Usage, UsageUnknownError } from '../../core/page-store';
import { type Connection, RefusedCommandError } from './connection';

// memcached's own structure (48 bytes), its CAS number, the key's and the value's ends.
const ITEM_OVERHEAD = 59;
const FOUND = /^ME (\S+) .*\bla=(\d+) .*\bfetch=(yes|no) .*\bsize=(\d+)/;

/**
 * Asks for what a node knows of a value by `me`, memcached's meta debug command: unlike every other one, `mg` without its
 * value too, it does not count as a use of what it asks for.
 *
 * @throws UsageUnknownError where the node refuses it, as ElastiCache Serverless does; StoreError.
 */
export async function itemUsage(node: string, connection: Connection, key: string): Promise<Usage | undefined> {
  const text = await ask(connection, key).catch((error: unknown) => {
    throw error instanceof RefusedCommandError ? new UsageUnknownError(node, error) : error;
  });
  if (text === 'EN') {
    return undefined;
  }
  const [, found, idle, read, size] = FOUND.exec(text) ?? [];
  if (found !== key) {
    connection.close();
    throw new StoreError(`${node}: asked about ${key} and was answered something else`);
  }
  const bytes = Math.max(Number(size) - key.length - ITEM_OVERHEAD, 0);
  return { bytes, read: read === 'yes', idleSeconds: Number(idle) };
}

async function ask(connection: Connection, key: string): Promise<string> {
  const reply = await connection.send(`me ${key}\r\n`);
  return reply.kind === 'status' ? reply.text : '';
}
