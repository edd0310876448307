import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LambdaError } from '../../lambda/function-config';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

/** The API has another name for the servers of a Kafka cluster. */
const selfManagedSchema = z
  .strictObject({ Endpoints: z.strictObject({ KafkaBootstrapServers: z.array(z.string()) }) })
  .transform(({ Endpoints }) => ({
    Endpoints: { KAFKA_BOOTSTRAP_SERVERS: Endpoints.KafkaBootstrapServers },
  }));

/** The settings are validated like those of the API. */
export const eventSourceMapping = resourceType(
  'AWS::Lambda::EventSourceMapping',
  z.object({ SelfManagedEventSource: selfManagedSchema.optional() }).loose(),
  ({ properties, where, defaultName }, { place, services }) => {
    const uuid = uuidOf(defaultName);
    try {
      services.eventSources.deploy(uuid, properties);
    } catch (error) {
      throw error instanceof LambdaError ? new TemplateError(where, error.message) : error;
    }
    const arn = `arn:aws:lambda:${place.region}:${place.account}:event-source-mapping:${uuid}`;
    return { ref: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
  },
);

/** The same at every deployment, so that a mapping continues where it was. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
