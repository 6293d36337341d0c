import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { functionView } from '../adapters/function-view';
import { linePrinter } from '../adapters/metrics';
import { measuredPurge } from '../adapters/purge-metrics';
import { renderingEnvironment } from '../adapters/rendering-environment';
import { readEnvironment } from '../environment';
import { purgeHandler } from './handler';

const environment = renderingEnvironment();
const { site: config, reachableOrigin: origin } = environment;

const purge = purgeHandler({
  config,
  stores: functionStores(environment),
  view: origin === undefined ? undefined : functionView(environment, origin),
});

/** The purge function as Lambda calls it. */
export const handler: Handler = measuredPurge(config.site, purge, linePrinter(readEnvironment(['metrics'])));
