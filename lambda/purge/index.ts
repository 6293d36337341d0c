import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { readOriginSecret } from '../adapters/origin-secret';
import { originView } from '../adapters/origin-view';
import type { View } from '../core/fill-tools';
import { readEnvironment } from '../environment';
import { purgeHandler } from './handler';

const environment = readEnvironment([
  'site',
  'cache',
  'table',
  'dynamodbEndpoint',
  'reachableOrigin',
  'originHostHeader',
  'originSecretAt',
]);
const { site: config, reachableOrigin: origin, originHostHeader, originSecretAt } = environment;

/** The purge function as Lambda calls it. */
export const handler: Handler = purgeHandler({
  config,
  stores: functionStores(environment),
  view: origin === undefined ? undefined : viewWith(origin),
});

/** The origin's view, made when the first refresh needs it: the secret is read once. */
function viewWith(origin: string): View {
  let made: Promise<View> | undefined;
  const make = async () => {
    const originSecret = originSecretAt && (await readOriginSecret(originSecretAt));
    return originView({ config, origin, originHostHeader, originSecret }).view;
  };
  return async (request, signal) => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return (await made)(request, signal);
  };
}
