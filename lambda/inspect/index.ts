import type { Handler } from 'aws-lambda';
import { openReaders } from '../adapters/open-readers';
import { readEnvironment } from '../environment';
import { inspectHandler } from './handler';

const environment = readEnvironment(['site', 'cache', 'table', 'dynamodbEndpoint']);

/** The inspect function as Lambda calls it. */
export const handler: Handler = inspectHandler({ config: environment.site, readers: openReaders(environment) });
