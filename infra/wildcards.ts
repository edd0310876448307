import { Stack, Validations } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';

/**
 * Says of resources with a `*` in a role's policies why they are no narrower. cdk-nag takes it for these resources alone:
 * another wildcard in the same role is still a fault.
 * @param resources as they stand in the policy
 */
export function acknowledgeWildcards(
  role: IRole | undefined,
  resources: readonly string[],
  reason: string,
): void {
  if (!role) return;
  for (const resource of resources) {
    const id = `AwsSolutions-IAM5[Resource::${spelled(Stack.of(role).resolve(resource))}]`;
    Validations.of(role).acknowledge({ id, reason });
  }
}

/** An ARN as cdk-nag writes it: `<LogicalId.Arn>/results/*`. */
function spelled(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(spelled).join(argument[0]);
  return `<${[argument].flat().join('.')}>`;
}
