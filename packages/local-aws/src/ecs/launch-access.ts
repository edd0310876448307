import type { Access } from '../iam/access';
import type { ContainerDefinition } from './task-definition';

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

/**
 * What Fargate needs of the execution role before a container starts: the image from ECR, and a place for the log. No
 * such request comes to the endpoint; that the role might make it is checked all the same.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function launchAccess(
  { image, name, log }: ContainerDefinition,
  place: { readonly account: string; readonly region: string },
  taskId: string,
): Access[] {
  const [, account, region, repository] = ECR_IMAGE.exec(image) ?? [];
  const pulled = `arn:aws:ecr:${region}:${account}:repository/${repository}`;
  const pulls = ['BatchCheckLayerAvailability', 'GetDownloadUrlForLayer', 'BatchGetImage'];
  const stream =
    log &&
    `arn:aws:logs:${place.region}:${place.account}:log-group:${log.group}:log-stream:${log.streamPrefix}/${name}/${taskId}`;
  return [
    ...(repository === undefined
      ? []
      : [
          { action: 'ecr:GetAuthorizationToken', resource: '*' },
          ...pulls.map((action) => ({ action: `ecr:${action}`, resource: pulled })),
        ]),
    ...(stream === undefined
      ? []
      : ['CreateLogStream', 'PutLogEvents'].map((action) => ({
          action: `logs:${action}`,
          resource: stream,
        }))),
  ];
}
