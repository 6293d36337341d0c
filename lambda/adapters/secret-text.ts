import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * Reads a secret that is a text: functions are given none in their environment, which more people may read.
 *
 * @throws what Secrets Manager throws, and Error for a secret that is no text.
 */
export async function readSecretText(arn: string): Promise<string> {
  const client = new SecretsManagerClient({});
  try {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (text === undefined) {
      throw new Error(`a secret of the site must be a text, but ${arn} holds bytes`);
    }
    return text;
  } finally {
    client.destroy();
  }
}
