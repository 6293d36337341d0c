import type { OriginSecret } from '../environment';
import { readSecretText } from './secret-text';

/**
 * Reads the secret by which the origin knows the site.
 *
 * @throws what Secrets Manager throws, and Error for a secret that is no text.
 */
export async function readOriginSecret({ header, arn }: { header: string; arn: string }): Promise<OriginSecret> {
  return { header, value: await readSecretText(arn) };
}
