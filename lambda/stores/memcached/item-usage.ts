import { StoreError, type Usage, UsageUnknownError } from '../../core/page-store';
import { type Connection, RefusedCommandError } from './connection';

// memcached's own structure (48 bytes), its CAS number, the key's and the value's ends.
const ITEM_OVERHEAD = 59;
const FOUND = /^ME (\S+) exp=(-?\d+) la=(\d+) .*\bfetch=(yes|no) .*\bsize=(\d+)/;

/** What a node knows of a value, with when it forgets it. */
export interface ItemFacts extends Usage {
  /** Undefined for what it never forgets by itself. */
  readonly secondsLeft?: number;
}

/**
 * Asks for what a node knows of a value by `me`, memcached's meta debug command: unlike every other one, `mg` without its
 * value too, it does not count as a use of what it asks for.
 *
 * @throws UsageUnknownError where the node refuses it, as ElastiCache Serverless does; StoreError.
 */
export async function itemUsage(node: string, connection: Connection, key: string): Promise<Usage | undefined> {
  const facts = await itemFacts(node, connection, key);
  return facts && { bytes: facts.bytes, read: facts.read, idleSeconds: facts.idleSeconds };
}

/** The same, and when the node forgets the value. */
export async function itemFacts(node: string, connection: Connection, key: string): Promise<ItemFacts | undefined> {
  const text = await ask(connection, key).catch((error: unknown) => {
    throw error instanceof RefusedCommandError ? new UsageUnknownError(node, error) : error;
  });
  if (text === 'EN') {
    return undefined;
  }
  const [, found, expires, idle, read, size] = FOUND.exec(text) ?? [];
  if (found !== key) {
    connection.close();
    throw new StoreError(`${node}: asked about ${key} and was answered something else`);
  }
  const bytes = Math.max(Number(size) - key.length - ITEM_OVERHEAD, 0);
  // memcached counts them backwards (1.6.18), and says -1 for never.
  const secondsLeft = Number(expires) === -1 ? undefined : Math.abs(Number(expires));
  return { bytes, read: read === 'yes', idleSeconds: Number(idle), secondsLeft };
}

async function ask(connection: Connection, key: string): Promise<string> {
  const reply = await connection.send(Buffer.from(`me ${key}\r\n`, 'latin1'));
  return reply.kind === 'status' ? reply.text : '';
}
