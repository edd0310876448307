import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

/**
 * The text of a secret, read from Secrets Manager. A retry is safe.
 * @param id ARN or name
 * @param config of the client; by default that of the environment
 * @throws errors of Secrets Manager, such as AccessDeniedException; RangeError for a secret without text
 */
export async function secretText(id: string, config: SecretsManagerClientConfig = {}): Promise<string> {
  // Most processes need no secret.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(config);
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString === undefined) throw new RangeError(`${id}: expected a text, the secret has bytes`);
    return SecretString;
  } finally {
    client.destroy();
  }
}
