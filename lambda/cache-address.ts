import { matching, oneOf, type Variables } from './variables';

/** Where the Memcached nodes are known from: ElastiCache's configuration endpoint, or a fixed list. */
export type CacheAddress = ({ readonly endpoint: string } | { readonly nodes: readonly string[] }) & {
  /** The file with the certificates that the nodes' are checked with; undefined where they do not speak TLS. */
  readonly tls?: string;
};

// Debian's; Lambda's Node has its own.
const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Reads where Memcached is from `NMS_CACHE_ENDPOINT` or `NMS_CACHE_NODES`, `NMS_CACHE_TLS` and `NMS_CACHE_CA`.
 *
 * @throws Error naming the variable that is missing or bad.
 */
export function readCacheAddress(variables: Variables): CacheAddress {
  const { NMS_CACHE_ENDPOINT: endpoint, NMS_CACHE_NODES: list } = variables;
  const encrypted = oneOf(variables, 'NMS_CACHE_TLS', ['false', 'true']) === 'true';
  const tls = encrypted ? { tls: variables.NMS_CACHE_CA || SYSTEM_CERTIFICATES } : {};
  if (Boolean(endpoint) === Boolean(list)) {
    throw new Error(
      `NMS_CACHE_ENDPOINT, NMS_CACHE_NODES: exactly one must be given, got ${endpoint ? 'both' : 'none'}`,
    );
  }
  if (endpoint) {
    return { endpoint: matching(variables, 'NMS_CACHE_ENDPOINT', /^[\w.-]+:\d{1,5}$/, 'host:port'), ...tls };
  }
  matching(variables, 'NMS_CACHE_NODES', /^[\w.-]+:\d{1,5}(?:,[\w.-]+:\d{1,5})*$/, 'host:port, parted by commas');
  return { nodes: (list as string).split(',').sort(), ...tls };
}
