import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { readEnvironment } from '../environment';
import { purgeHandler } from './handler';

const environment = readEnvironment(['site', 'cache', 'table', 'dynamodbEndpoint']);

/** The purge function as Lambda calls it. */
export const handler: Handler = purgeHandler(environment.site, functionStores(environment));
