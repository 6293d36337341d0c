import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/** What the origin knows this site by. */
export interface OriginSecret {
  /** Holds the value, as plain text. */
  readonly secret: secretsmanager.ISecret;
  /** The header that carries it. */
  readonly header: string;
}

// The visitor's own, the connection's, and those that say where a request comes from.
const TAKEN =
  /^(host|cookie|authorization|range|connection|upgrade|te|trailer|content-.*|transfer-.*|x-forwarded-.*)$/i;

/** Whether a secret can travel in a header of this name. */
export function isSecretHeader(name: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(name) && !TAKEN.test(name);
}

/**
 * The secret that a site's props describe.
 *
 * @throws Error for a header that no secret can travel in, or without a secret.
 */
export function originSecretOf(
  path: string,
  secret: secretsmanager.ISecret | undefined,
  header: string | undefined,
): OriginSecret | undefined {
  if (secret === undefined) {
    if (header !== undefined) {
      throw new Error(`${path}: originSecretHeader must be left out where there is no originSecret, got: '${header}'`);
    }
    return undefined;
  }
  const name = header ?? 'X-Origin-Secret';
  if (!isSecretHeader(name)) {
    throw new Error(
      `${path}: originSecretHeader must be a header's name of letters, digits and -, which requests do not have otherwise, got: '${name}'`,
    );
  }
  return { secret, header: name };
}
