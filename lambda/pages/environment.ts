import { type Environment, readEnvironment } from '../environment';
import { EnvironmentError, type Variables } from '../variables';

/** What a program with cached pages is told of the site. */
export type PagesEnvironment = Pick<
  Environment,
  'site' | 'cache' | 'table' | 'dynamodbEndpoint' | 'watchEvery' | 'behindLoadBalancer'
> &
  Partial<Pick<Environment, 'variantKeys'>>;

const NEEDED = ['NMS_SITE_CONFIG', 'NMS_SITE_DOCUMENT', 'NMS_TABLE', 'NMS_CACHE_ENDPOINT', 'NMS_CACHE_NODES'];

/**
 * Reads where a site's pages are, as `connectPages` of the construct tells functions: `NMS_SITE_CONFIG` (or
 * `NMS_SITE_DOCUMENT`), `NMS_TABLE`, and `NMS_CACHE_ENDPOINT` or `NMS_CACHE_NODES`.
 *
 * @returns undefined where none of them is there: there is no cache.
 * @throws EnvironmentError naming every variable that is missing or bad; for a site whose application stores its pages itself.
 */
export function readPagesEnvironment(variables: Variables = process.env): PagesEnvironment | undefined {
  if (!NEEDED.some((name) => variables[name])) {
    return undefined;
  }
  const hasKeys = Object.keys(variables).some((name) => name.startsWith('NMS_VARIANT_KEY_'));
  const fields = ['site', 'cache', 'table', 'dynamodbEndpoint', 'watchEvery', 'behindLoadBalancer'] as const;
  const environment = hasKeys
    ? readEnvironment([...fields, 'variantKeys'], variables)
    : readEnvironment(fields, variables);
  if (environment.site.compatibility !== undefined) {
    throw new EnvironmentError([
      'NMS_SITE_CONFIG: the application stores the pages of this site itself (pageFormat); nothing else may',
    ]);
  }
  return environment;
}
