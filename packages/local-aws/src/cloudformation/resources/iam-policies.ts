import { z } from 'zod';
import { resourceType } from '../resource';

const holders = {
  Roles: z.array(z.string()).default([]),
  /** Users and groups are not supported. */
  Users: z.array(z.string()).max(0).optional(),
  Groups: z.array(z.string()).max(0).optional(),
};

export const iamPolicy = resourceType(
  'AWS::IAM::Policy',
  z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown(), ...holders }),
  ({ properties, defaultName }, { services: { iam } }) => {
    const { PolicyName, PolicyDocument, Roles } = properties;
    for (const role of Roles) iam.putRolePolicy(iam.roleArn(role), PolicyName, PolicyDocument);
    return { ref: defaultName, attributes: { Id: defaultName } };
  },
);

export const iamManagedPolicy = resourceType(
  'AWS::IAM::ManagedPolicy',
  z.strictObject({
    ManagedPolicyName: z.string().optional(),
    Path: z.string().default('/'),
    Description: z.string().optional(),
    PolicyDocument: z.unknown(),
    ...holders,
  }),
  ({ properties, defaultName }, { place, services: { iam } }) => {
    const { ManagedPolicyName = defaultName, Path, PolicyDocument, Roles } = properties;
    const arn = `arn:aws:iam::${place.account}:policy${Path}${ManagedPolicyName}`;
    iam.putManagedPolicy(arn, PolicyDocument);
    for (const role of Roles) iam.attachManagedPolicy(iam.roleArn(role), arn);
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
);
