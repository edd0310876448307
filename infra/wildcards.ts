import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Acknowledges resources with a `*` in the policies of a role, or in a managed policy,, with the reason. This covers only these resources: cdk-nag still
 * reports any other wildcard in the same role.
 * @param resources as written in the policy
 */
export function acknowledgeWildcards(
  role: IConstruct | undefined,
  resources: readonly string[],
  reason: string,
): void {
  if (!role) return;
  for (const resource of resources) {
    const id = `AwsSolutions-IAM5[Resource::${nagName(Stack.of(role).resolve(resource))}]`;
    Validations.of(role).acknowledge({ id, reason });
  }
}

/** An ARN in the notation of cdk-nag: `<LogicalId.Arn>/results/*`. */
function nagName(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(nagName).join(argument[0]);
  return `<${[argument].flat().join('.')}>`;
}
