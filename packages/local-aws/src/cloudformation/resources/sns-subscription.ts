import { SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RawMessageDelivery: z.union([z.boolean(), z.string()]).optional(),
});

export const snsSubscription = resourceType(
  'AWS::SNS::Subscription',
  propertiesSchema,
  async (request, { services }) => {
    const { TopicArn, Protocol, Endpoint, RawMessageDelivery } = request.properties;
    const { SubscriptionArn = '' } = await services.snsClient().send(
      new SubscribeCommand({
        TopicArn,
        Protocol,
        Endpoint,
        ReturnSubscriptionArn: true,
        ...(RawMessageDelivery !== undefined && {
          Attributes: { RawMessageDelivery: String(RawMessageDelivery) },
        }),
      }),
    );
    return { ref: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
);
