import { type CfnResource, Stack } from 'aws-cdk-lib';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
  service: 'ecs-tasks' | 'emr-serverless' | 'scheduler' | 'states',
): Role {
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal(`${service}.amazonaws.com`, {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
}

/**
 * Makes a resource depend on the policies of the roles that it uses. Services check the permissions of a role at creation,
 * and a schedule can use what it starts during the deployment.
 */
export function awaitRights(resource: CfnResource, ...roles: IRole[]): void {
  for (const role of roles) resource.node.addDependency(role.node.findChild('DefaultPolicy'));
}
