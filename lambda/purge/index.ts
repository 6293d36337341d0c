import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { originView } from '../adapters/origin-view';
import { readEnvironment } from '../environment';
import { purgeHandler } from './handler';

const environment = readEnvironment([
  'site',
  'cache',
  'table',
  'dynamodbEndpoint',
  'reachableOrigin',
  'originHostHeader',
]);
const { site: config, reachableOrigin: origin, originHostHeader } = environment;

/** The purge function as Lambda calls it. */
export const handler: Handler = purgeHandler({
  config,
  stores: functionStores(environment),
  view: origin === undefined ? undefined : originView({ config, origin, originHostHeader }).view,
});
