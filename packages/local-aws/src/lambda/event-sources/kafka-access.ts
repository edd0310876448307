import type { KafkaConfig, SASLOptions } from 'kafkajs';
import type { SecretsService } from '../../secretsmanager/service';
import { invalidMapping } from './invalid-mapping';
import type { MappingSettings } from './mapping';
import type { RoleCalls } from './source';

const MECHANISMS = {
  BASIC_AUTH: 'plain',
  SASL_SCRAM_256_AUTH: 'scram-sha-256',
  SASL_SCRAM_512_AUTH: 'scram-sha-512',
} as const;

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * How to connect to the brokers of a mapping, by its SourceAccessConfigurations. As on AWS, a login needs TLS, except here for
 * brokers on this computer.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-cluster-auth.html
 * @throws LambdaError InvalidParameterValueException for an unknown secret or one of another form
 */
export function kafkaAccess(
  { SelfManagedEventSource, SourceAccessConfigurations = [] }: MappingSettings,
  secrets: Pick<SecretsService, 'find'>,
): Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'> {
  const brokers = SelfManagedEventSource?.Endpoints.KAFKA_BOOTSTRAP_SERVERS ?? [];
  const fieldOf = (uri: string, name: string) => secretField(secrets, uri, name);
  let sasl: SASLOptions | undefined;
  let ca: string | undefined;
  for (const { Type, URI } of SourceAccessConfigurations) {
    if (Type === 'SERVER_ROOT_CA_CERTIFICATE') ca = fieldOf(URI, 'certificate');
    if (Type in MECHANISMS) {
      const mechanism = MECHANISMS[Type as keyof typeof MECHANISMS];
      sasl = { mechanism, username: fieldOf(URI, 'username'), password: fieldOf(URI, 'password') };
    }
  }
  const isRemote = !brokers.every((broker) => LOOPBACK.test(broker));
  const ssl = ca === undefined ? sasl !== undefined && isRemote : { ca: [ca] };
  return { brokers: [...brokers], ssl, ...(sasl && { sasl }) };
}

/** @throws LambdaError InvalidParameterValueException if the role may not read a secret of the mapping */
export function assertSecrets({ SourceAccessConfigurations = [] }: MappingSettings, calls: RoleCalls): void {
  for (const { Type, URI } of SourceAccessConfigurations) {
    if (!Type.startsWith('VPC_'))
      calls.assertMay(['secretsmanager:GetSecretValue'], URI, `the secret of ${Type}`);
  }
}

function secretField(secrets: Pick<SecretsService, 'find'>, id: string, name: string): string {
  const value = secrets.find(id)?.value;
  if (value === undefined) throw invalidMapping(`Secrets Manager has no secret ${id}.`);
  try {
    const field: unknown = JSON.parse(value)[name];
    if (typeof field === 'string') return field;
  } catch {}
  throw invalidMapping(`The secret ${id} must be a JSON object with the text field ${name}.`);
}
