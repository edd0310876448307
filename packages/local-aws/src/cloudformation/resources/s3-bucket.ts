import { z } from 'zod';
import { refusal } from '../../iam/iam';
import { TemplateError } from '../errors';
import { type DeployContext, resourceType } from '../resource';

const queueConfigurationSchema = z.strictObject({
  Event: z.string(),
  Queue: z.string(),
  Filter: z
    .strictObject({
      S3Key: z.strictObject({
        Rules: z.array(
          z.strictObject({
            Name: z
              .string()
              .toLowerCase()
              .pipe(z.enum(['prefix', 'suffix'])),
            Value: z.string(),
          }),
        ),
      }),
    })
    .optional(),
});

const propertiesSchema = z.object({
  BucketName: z.string().optional(),
  NotificationConfiguration: z
    .strictObject({ QueueConfigurations: z.array(queueConfigurationSchema) })
    .optional(),
});

export const s3Bucket = resourceType('AWS::S3::Bucket', propertiesSchema, async (request, context) => {
  const { properties, where, defaultName } = request;
  const name = properties.BucketName ?? defaultName.toLowerCase();
  const configurations = properties.NotificationConfiguration?.QueueConfigurations ?? [];
  for (const { Queue } of configurations) assertQueue(Queue, name, where, context);
  context.services.iam.addResource(`arn:aws:s3:::${name}`);
  await context.services.s3.createBucket(name);
  await context.services.s3.setNotification(name, {
    queueConfigurations: configurations.map(({ Event, Queue, Filter }, i) => ({
      id: `${name}-${i}`,
      queueArn: Queue,
      events: [Event],
      filterRules: (Filter?.S3Key.Rules ?? []).map((rule) => ({ name: rule.Name, value: rule.Value })),
    })),
  });
  context.notifications.push(...configurations.map(({ Queue }) => ({ bucket: name, queueArn: Queue })));
  const { region } = context.place;
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    },
  };
});

/** S3 sends a test message to each queue before it accepts the configuration. */
function assertQueue(arn: string, bucket: string, where: string, context: DeployContext): void {
  const refuse = (why: string) =>
    new TemplateError(
      `${where}.NotificationConfiguration`,
      `Unable to validate the following destination configurations: ${why}`,
    );
  const { queueArns, services } = context;
  if (!queueArns.has(arn)) throw refuse(`there is no queue ${arn}`);
  const decision = services.iam.decide(services.iam.service('s3.amazonaws.com', `arn:aws:s3:::${bucket}`), {
    action: 'sqs:SendMessage',
    resource: arn,
  });
  if (!decision.allowed) throw refuse(refusal(decision));
}
