import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { OriginSecret } from '../environment';

/**
 * Reads the secret by which the origin knows the site: functions are given none in their environment.
 *
 * @throws what Secrets Manager throws, and Error for a secret that is no text.
 */
export async function readOriginSecret({ header, arn }: { header: string; arn: string }): Promise<OriginSecret> {
  const client = new SecretsManagerClient({});
  try {
    const { SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (value === undefined) {
      throw new Error(`the origin's secret must be a text, but ${arn} holds bytes`);
    }
    return { header, value };
  } finally {
    client.destroy();
  }
}
