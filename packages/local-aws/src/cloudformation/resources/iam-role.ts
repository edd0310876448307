import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.strictObject({
  RoleName: z.string().optional(),
  Path: z.string().default('/'),
  Description: z.string().optional(),
  AssumeRolePolicyDocument: z.unknown(),
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]),
  MaxSessionDuration: z.number().optional(),
  Tags: z.unknown().optional(),
});

/** CloudFormation also shortens role names to this length. */
const MAX_NAME_LENGTH = 64;

export const iamRole = resourceType('AWS::IAM::Role', propertiesSchema, (request, { services: { iam } }) => {
  const { properties, where, defaultName } = request;
  const name = properties.RoleName ?? defaultName.slice(0, MAX_NAME_LENGTH);
  const arn = iam.putRole(name, properties.AssumeRolePolicyDocument, properties.Path);
  for (const policyArn of properties.ManagedPolicyArns) iam.attachManagedPolicy(arn, policyArn);
  for (const { PolicyName, PolicyDocument } of properties.Policies) {
    if (PolicyName === '') throw new TemplateError(`${where}.Policies`, 'a policy needs a name');
    iam.putRolePolicy(arn, PolicyName, PolicyDocument);
  }
  return { ref: name, attributes: { Arn: arn, RoleId: name } };
});
