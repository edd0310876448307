import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  TopicName: z.string().optional(),
  Subscription: z.array(z.unknown()).max(0).optional(),
  FifoTopic: z.boolean().optional(),
});

export const snsTopic = resourceType('AWS::SNS::Topic', propertiesSchema, async (request, { services }) => {
  const { TopicName: name = request.defaultName, FifoTopic } = request.properties;
  if (FifoTopic) throw new TemplateError(request.where, 'FIFO topics are not supported locally');
  const arn = await services.sns.ensureTopic(name);
  services.iam.addResource(arn);
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
});
