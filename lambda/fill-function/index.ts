import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { functionView } from '../adapters/function-view';
import { logJson } from '../adapters/log-json';
import { linePrinter } from '../adapters/metrics';
import { readEnvironment } from '../environment';
import { fillHandler } from './handler';

const environment = readEnvironment([
  'site',
  'cache',
  'table',
  'dynamodbEndpoint',
  'origin',
  'originHostHeader',
  'originSecretAt',
  'variantKeysAt',
  'watchEvery',
  'metrics',
]);

/** The fill function as Lambda calls it. */
export const handler: Handler = fillHandler({
  config: environment.site,
  stores: functionStores(environment, { nodesFor: environment.watchEvery * 1000 }),
  // A kept connection may have been closed while the function was frozen.
  view: functionView(environment, environment.origin, { keepAlive: false }),
  log: logJson,
  print: linePrinter(environment),
});
