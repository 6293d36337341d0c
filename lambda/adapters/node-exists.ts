import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/**
 * Whether a node may still exist: whether its name does. ElastiCache takes the names of nodes that it removes away; an
 * address always exists, and so does a name while the name servers do not answer.
 *
 * @param node `host:port`.
 */
export async function nodeExists(node: string): Promise<boolean> {
  const host = node.replace(/:\d+$/, '');
  if (isIP(host) !== 0) {
    return true;
  }
  try {
    await lookup(host);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOTFOUND';
  }
}
