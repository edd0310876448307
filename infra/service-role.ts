import { type CfnResource, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A role that a service can assume only for resources of this account, so that no other account can make the service use it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). Not for Lambda, which sends no source when it
 * assumes a function's role, and not for the execution role of a task, for which AWS documents no source. There PassRole,
 * which works only within an account, keeps others out.
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

/** Makes a resource depend on its role's policy, because services check the permissions of the role at creation. */
export function awaitRights(resource: CfnResource, role: Role): void {
  resource.node.addDependency(role.node.findChild('DefaultPolicy'));
}
