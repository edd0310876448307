import { GetRoleCommand } from '@aws-sdk/client-iam';
import { type AccountCheck, type Finding, ok, warning } from '../check';
import { requires, unlessNamed } from '../permission';

const ROLE = 'AWSServiceRoleForECS';

/**
 * ECS needs its service-linked role before a cluster can have capacity providers.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
 */
export const ecsRole: AccountCheck = {
  id: 'ecs-service-linked-role',
  title: 'service-linked role of ECS',
  async run({ account: { iam } }) {
    const found = await requires('iam:GetRole', () =>
      unlessNamed(
        ['NoSuchEntity', 'NoSuchEntityException'],
        iam.send(new GetRoleCommand({ RoleName: ROLE })),
      ),
    );
    return judgeEcsRole(found !== undefined);
  },
};

export function judgeEcsRole(exists: boolean): Finding {
  return exists
    ? ok(`${ROLE} exists`)
    : warning(
        `${ROLE} does not exist; ECS creates it with its first cluster, and may need some time until it can use it`,
        'aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com',
      );
}
