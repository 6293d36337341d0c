import { SITE_NAME, SITE_NAME_RULE } from '../../lib/site/site-name';
import { tlsOf } from '../adapters/cluster';
import { readCacheAddress } from '../cache-address';
import { matching, readAll, type Variables } from '../variables';
import type { ValuesOptions } from './options';

/**
 * Where a site's values are, as the construct tells functions: `NMS_SITE_NAME`, and `NMS_CACHE_ENDPOINT` or
 * `NMS_CACHE_NODES` with `NMS_CACHE_TLS` and `NMS_CACHE_CA`.
 *
 * @throws EnvironmentError naming every variable that is missing or bad.
 */
export function readValuesEnvironment(
  variables: Variables,
): Pick<ValuesOptions, 'site' | 'nodes' | 'endpoint' | 'tls'> {
  const { site, cache } = readAll(
    {
      site: (all: Variables) => matching(all, 'NMS_SITE_NAME', SITE_NAME, SITE_NAME_RULE),
      cache: readCacheAddress,
    },
    variables,
  );
  const address = 'nodes' in cache ? { nodes: cache.nodes } : { endpoint: cache.endpoint };
  return { site, ...address, tls: tlsOf(cache) };
}
