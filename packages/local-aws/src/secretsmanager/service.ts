import { jsonService } from '../endpoint/json-protocol';
import type { AccessRule, LocalService } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION } from '../iam/denied';
import { DEFAULT_PLACE, type Place } from '../place';
import { describeSecret, getSecretValue } from './operations';
import { type Secret, SecretStore } from './store';

interface SecretsServiceOptions extends Partial<Place> {
  /** Holds the journal; used by one process at a time. */
  readonly directory: string;
  readonly clock?: () => Date;
}

export interface SecretsService extends LocalService {
  /** By name. */
  find(name: string): Secret | undefined;
  /** Creates the secret, or gives it another value. @returns it, with its ARN */
  put(name: string, value: string, description?: string): Secret;
}

/**
 * Secrets Manager: the read operations of secrets that a template creates. Secrets survive the death of the process.
 * @throws JournalError for a damaged journal
 */
export async function createSecretsService(options: SecretsServiceOptions): Promise<SecretsService> {
  const store = new SecretStore({ ...DEFAULT_PLACE, clock: () => new Date(), ...options });
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
  const onSecret =
    (action: string): AccessRule =>
    ({ SecretId }) => [{ action, resource: store.arnOf(String(SecretId)) }];
  const service = jsonService({
    name: 'secretsmanager',
    target: 'secretsmanager',
    version: '1.1',
    state: store,
    denial: ACCESS_DENIED_EXCEPTION,
    close: async () => store.close(),
    access: {
      DescribeSecret: onSecret('secretsmanager:DescribeSecret'),
      GetSecretValue: onSecret('secretsmanager:GetSecretValue'),
    },
    operations: { DescribeSecret: describeSecret, GetSecretValue: getSecretValue },
  });
  return {
    ...service,
    find: (name) => store.find(name),
    put: (name, value, description) => store.put(name, value, description),
  };
}
