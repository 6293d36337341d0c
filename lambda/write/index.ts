import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { readEnvironment } from '../environment';
import { writeHandler } from './handler';

const environment = readEnvironment(['site', 'cache', 'table', 'dynamodbEndpoint']);

/** The write function as Lambda calls it. */
export const handler: Handler = writeHandler(environment.site, functionStores(environment));
