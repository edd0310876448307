import { type CfnResource, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A role that a service takes on for this account's resources alone: another account's cannot make the service use it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). Not for Lambda, which names no source when it
 * takes on a function's role, nor for the execution role of a task, of which AWS documents none; there it is PassRole,
 * which ends at the account's border, that keeps others out.
 */
export function serviceRole(
  scope: Construct,
  id: string,
  service: 'ecs-tasks' | 'scheduler' | 'states',
): Role {
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal(`${service}.amazonaws.com`, {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
}

/** Makes a resource wait for its role's rights: services check at creation that the role may do what they are told to. */
export function awaitRights(resource: CfnResource, role: Role): void {
  resource.node.addDependency(role.node.findChild('DefaultPolicy'));
}
