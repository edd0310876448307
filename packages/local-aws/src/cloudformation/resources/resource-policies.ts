import { z } from 'zod';
import { resourceType } from '../resource';

const document = { PolicyDocument: z.unknown() };

export const s3BucketPolicy = resourceType(
  'AWS::S3::BucketPolicy',
  z.strictObject({ Bucket: z.string(), ...document }),
  ({ properties, defaultName }, { services: { iam } }) => {
    iam.putResourcePolicy(`arn:aws:s3:::${properties.Bucket}`, defaultName, properties.PolicyDocument);
    return { ref: properties.Bucket, attributes: {} };
  },
);

export const sqsQueuePolicy = resourceType(
  'AWS::SQS::QueuePolicy',
  z.strictObject({ Queues: z.array(z.string()), ...document }),
  ({ properties, defaultName }, { place, services: { iam, sqs } }) => {
    for (const url of properties.Queues) {
      const arn = `arn:aws:sqs:${place.region}:${place.account}:${url.split('/').at(-1)}`;
      iam.putResourcePolicy(arn, defaultName, properties.PolicyDocument);
      sqs.setPolicy(arn, JSON.stringify(properties.PolicyDocument));
    }
    return { ref: defaultName, attributes: { Id: defaultName } };
  },
);

export const snsTopicPolicy = resourceType(
  'AWS::SNS::TopicPolicy',
  z.strictObject({ Topics: z.array(z.string()), ...document }),
  ({ properties, defaultName }, { services: { iam } }) => {
    for (const arn of properties.Topics) iam.putResourcePolicy(arn, defaultName, properties.PolicyDocument);
    return { ref: defaultName, attributes: { Id: defaultName } };
  },
);
