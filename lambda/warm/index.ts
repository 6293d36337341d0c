import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { functionView } from '../adapters/function-view';
import { MOST_SITEMAP_BYTES } from '../adapters/sitemap-file';
import { readEnvironment } from '../environment';
import { warmHandler } from './handler';

const environment = readEnvironment([
  'site',
  'cache',
  'table',
  'dynamodbEndpoint',
  'reachableOrigin',
  'originHostHeader',
  'originSecretAt',
  'variantKeysAt',
]);
const { site: config, reachableOrigin: origin } = environment;

/** The function that warms pages as Lambda calls it. */
export const handler: Handler = warmHandler({
  config,
  stores: functionStores(environment),
  ...(origin !== undefined && {
    view: functionView(environment, origin),
    sitemapView: functionView(environment, origin, { mostBytes: MOST_SITEMAP_BYTES }),
  }),
});
