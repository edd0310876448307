/**
 * The text of a secret, read from Secrets Manager or the environment's endpoint. A retry is safe.
 * @throws errors of Secrets Manager, such as AccessDeniedException; RangeError for a secret without text
 */
export async function secretText(arn: string): Promise<string> {
  // Most processes need no secret.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({});
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString === undefined) throw new RangeError(`${arn}: expected a text, the secret has bytes`);
    return SecretString;
  } finally {
    client.destroy();
  }
}
