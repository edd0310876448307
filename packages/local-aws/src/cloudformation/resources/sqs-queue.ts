import { z } from 'zod';
import { resourceType } from '../resource';

const attribute = z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())]);
const propertiesSchema = z
  .object({ QueueName: z.string().optional(), Tags: z.unknown().optional() })
  .partial()
  .catchall(attribute);

export const sqsQueue = resourceType('AWS::SQS::Queue', propertiesSchema, async (request, context) => {
  const { QueueName: name = request.defaultName, Tags: _, ...attributes } = request.properties;
  const texts = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const arn = await context.services.sqs.ensureQueue(name, Object.fromEntries(texts));
  context.queueArns.add(arn);
  context.services.iam.addResource(arn);
  const url = `${context.place.endpoint}/${context.place.account}/${name}`;
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
});
