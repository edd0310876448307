import type { Access } from '../iam/access';
import type { ContainerDefinition } from './task-definition';

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

/**
 * The permissions that Fargate needs from the execution role before a container starts: to pull the image and to create
 * the log stream. The endpoint receives no such request, but the permissions are checked.
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
