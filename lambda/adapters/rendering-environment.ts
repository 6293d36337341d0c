import { type Environment, readEnvironment } from '../environment';

const VARIABLES = [
  'site',
  'cache',
  'table',
  'dynamodbEndpoint',
  'reachableOrigin',
  'originHostHeader',
  'originSecretAt',
  'variantKeysAt',
] as const;

/**
 * The environment of a function that renders pages where it can reach the origin.
 *
 * @throws EnvironmentError naming every variable that is missing or bad.
 */
export function renderingEnvironment(): Pick<Environment, (typeof VARIABLES)[number]> {
  return readEnvironment(VARIABLES);
}
