import { z } from 'zod';
import { resourceType } from '../resource';

const propertiesSchema = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** A statement of a function's resource policy. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export const lambdaPermission = resourceType(
  'AWS::Lambda::Permission',
  propertiesSchema,
  ({ properties, defaultName }, { place, services: { iam } }) => {
    const { Action, FunctionName, Principal, SourceArn, SourceAccount } = properties;
    const resource = FunctionName.startsWith('arn:')
      ? FunctionName
      : `arn:aws:lambda:${place.region}:${place.account}:function:${FunctionName}`;
    const statement = {
      Effect: 'Allow',
      Principal: Principal.endsWith('.amazonaws.com') ? { Service: Principal } : { AWS: Principal },
      Action,
      Resource: resource,
      Condition: {
        ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
        ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
      },
    };
    iam.putResourcePolicy(resource, defaultName, { Version: '2012-10-17', Statement: [statement] });
    return { ref: defaultName, attributes: { Id: defaultName } };
  },
);
