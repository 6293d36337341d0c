import { Fn, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PageCacheBinding } from './page-cache';

/**
 * The variables that tell a program where Memcached is: `NMS_CACHE_ENDPOINT` (a configuration endpoint) or
 * `NMS_CACHE_NODES` (a list, parted by commas), and `NMS_CACHE_TLS` where the nodes speak TLS.
 *
 * @throws Error when a page cache that users wrote gives none of the two, or both.
 */
export function cacheEnvironment(scope: Construct, { endpoint, nodes, tls }: PageCacheBinding): Record<string, string> {
  const named = nodes !== undefined && (Token.isUnresolved(nodes) || nodes.length > 0);
  if ((endpoint !== undefined) === named) {
    throw new Error(
      `${scope.node.path}: the page cache must have exactly one of endpoint and nodes, got: ${named ? 'both' : 'none'}`,
    );
  }
  return {
    ...(endpoint === undefined ? {} : { NMS_CACHE_ENDPOINT: endpoint }),
    ...(named ? { NMS_CACHE_NODES: Fn.join(',', nodes) } : {}),
    ...(tls ? { NMS_CACHE_TLS: 'true' } : {}),
  };
}
