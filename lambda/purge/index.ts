import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { functionView } from '../adapters/function-view';
import { renderingEnvironment } from '../adapters/rendering-environment';
import { purgeHandler } from './handler';

const environment = renderingEnvironment();
const { site: config, reachableOrigin: origin } = environment;

/** The purge function as Lambda calls it. */
export const handler: Handler = purgeHandler({
  config,
  stores: functionStores(environment),
  view: origin === undefined ? undefined : functionView(environment, origin),
});
